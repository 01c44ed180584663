import type { Ref } from 'react';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import {
  againstBracket,
  againstExtendedHours,
  canHave,
  hasPrice,
  settled,
  timesFor,
  type TicketType,
} from './broker-table.ts';
import type { DraftErrors } from './check-draft.ts';
import type { Draft, Table } from './draft.ts';
import { ownExits } from './proposed-exits.ts';

const TYPES: Record<TicketType, string> = {
  market: 'Market',
  limit: 'Limit',
  stop: 'Stop',
  stop_limit: 'Stop limit',
  trailing_stop: 'Trailing stop',
};

interface OrderFieldsProps {
  table: Table;
  draft: Draft;
  errors: DraftErrors;
  /** Whether the limits ask for a bracket. */
  exitsRequired: boolean;
  quantityRef: Ref<HTMLInputElement>;
  onChange: (change: Partial<Draft>) => void;
}

/** Type, time in force, quantity, prices, hours and the optional bracket: what the broker's table has, and nothing else. */
export function OrderFields({ table, draft, errors, exitsRequired, quantityRef, onChange }: OrderFieldsProps) {
  const choose = (change: Partial<Draft>): void => onChange(settled(table, { ...draft, ...change }));
  const words = (reason: ReturnType<typeof againstBracket>): string | null =>
    reason === null ? null : table.words[reason];
  const has = (name: 'limit' | 'stop' | 'trail'): boolean => hasPrice(table, draft.type, name);

  /** A quote must not replace a figure under the trader's hands. */
  function holdExits(): void {
    if (draft.exitsProposed) onChange(ownExits(draft));
  }

  const figure = { inputMode: 'decimal', autoComplete: 'off' } as const;
  const price = { ...figure, unit: 'USD' } as const;
  return (
    <>
      <div className="ticket__pair">
        <SelectField
          label="Order type"
          options={table.orderTypes.map(({ type }) => ({ value: type, label: TYPES[type] }))}
          value={draft.type}
          onChange={(type) => choose({ type })}
        />
        <SelectField
          label="Time in force"
          options={timesFor(table, draft.type).map(({ timeInForce, title }) => ({ value: timeInForce, label: title }))}
          value={draft.duration}
          error={errors.duration}
          onChange={(duration) => choose({ duration })}
        />
      </div>
      <Field
        {...figure}
        label="Quantity"
        unit="shares"
        inputRef={quantityRef}
        value={draft.quantity}
        error={errors.quantity}
        onChange={(quantity) => onChange({ quantity })}
      />
      {(has('limit') || has('stop') || has('trail')) && (
        <div className={has('limit') && has('stop') ? 'ticket__pair' : undefined}>
          {has('stop') && (
            <Field
              {...price}
              label="Stop price"
              value={draft.stopPrice}
              error={errors.stopPrice}
              onChange={(stopPrice) => onChange({ stopPrice })}
            />
          )}
          {has('limit') && (
            <Field
              {...price}
              label="Limit price"
              value={draft.limitPrice}
              error={errors.limitPrice}
              onChange={(limitPrice) => onChange({ limitPrice })}
            />
          )}
          {has('trail') && (
            <Field
              {...price}
              label="Distance to the market"
              value={draft.trailPrice}
              error={errors.trailPrice}
              onChange={(trailPrice) => onChange({ trailPrice })}
            />
          )}
        </div>
      )}
      {canHave(table, draft.type, { hours: 'extended' }) && (
        <Checkbox
          checked={draft.extendedHours}
          against={words(againstExtendedHours(table, draft))}
          onChange={(extendedHours) => choose({ extendedHours })}
        >
          Outside of the regular session too
        </Checkbox>
      )}
      {canHave(table, draft.type, { exits: 'both' }) && (
        <Checkbox
          checked={draft.bracket}
          against={words(againstBracket(table, draft))}
          onChange={(bracket) => choose({ bracket, exitsProposed: true })}
        >
          Bracket with take profit and stop loss
        </Checkbox>
      )}
      {exitsRequired && !draft.bracket && (
        <p className="field__hint">Your limits ask for both exits when an order opens a position.</p>
      )}
      {draft.bracket && (
        <div className="ticket__pair">
          <Field
            {...price}
            label="Take profit"
            value={draft.takeProfit}
            error={errors.takeProfit}
            onFocus={holdExits}
            onChange={(takeProfit) => onChange({ ...ownExits(draft), takeProfit })}
          />
          <Field
            {...price}
            label="Stop loss"
            value={draft.stopLoss}
            error={errors.stopLoss}
            onFocus={holdExits}
            onChange={(stopLoss) => onChange({ ...ownExits(draft), stopLoss })}
          />
        </div>
      )}
    </>
  );
}
