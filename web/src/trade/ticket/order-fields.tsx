import type { Ref } from 'react';
import type { BrokerConfig } from '../../api/broker-api.ts';
import { Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { hasLimit, hasStop, type Draft, type DraftErrors, type OrderType } from './ticket.ts';

const TYPES: readonly { value: OrderType; label: string }[] = [
  { value: 'market', label: 'Market' },
  { value: 'limit', label: 'Limit' },
  { value: 'stop', label: 'Stop' },
  { value: 'stoplimit', label: 'Stop limit' },
];

/** Offered until the server has said what it supports. */
const DAY: BrokerConfig['durations'][number] = {
  id: 'day',
  title: 'Day',
  default: true,
  supportedOrderTypes: ['market', 'limit', 'stop', 'stoplimit'],
};

interface OrderFieldsProps {
  draft: Draft;
  errors: DraftErrors;
  durations: BrokerConfig['durations'];
  quantityRef: Ref<HTMLInputElement>;
  onChange: (change: Partial<Draft>) => void;
}

/** Type, time in force, quantity, prices and the optional bracket. */
export function OrderFields({ draft, errors, durations, quantityRef, onChange }: OrderFieldsProps) {
  const offered = (durations.length === 0 ? [DAY] : durations).filter((each) =>
    each.supportedOrderTypes.includes(draft.type),
  );

  function changeType(type: OrderType): void {
    const stays = durations.some((each) => each.id === draft.duration && each.supportedOrderTypes.includes(type));
    onChange({ type, duration: stays ? draft.duration : 'day' });
  }

  const price = { inputMode: 'decimal', autoComplete: 'off', unit: 'USD' } as const;
  return (
    <>
      <div className="ticket__pair">
        <SelectField label="Order type" options={TYPES} value={draft.type} onChange={changeType} />
        <SelectField
          label="Time in force"
          options={offered.map((each) => ({ value: each.id, label: each.title }))}
          value={draft.duration}
          onChange={(duration) => onChange({ duration })}
        />
      </div>
      <Field
        label="Quantity"
        inputMode="decimal"
        autoComplete="off"
        unit="shares"
        inputRef={quantityRef}
        value={draft.quantity}
        error={errors.quantity}
        onChange={(quantity) => onChange({ quantity })}
      />
      {draft.type !== 'market' && (
        <div className={draft.type === 'stoplimit' ? 'ticket__pair' : undefined}>
          {hasStop(draft.type) && (
            <Field
              {...price}
              label="Stop price"
              value={draft.stopPrice}
              error={errors.stopPrice}
              onChange={(stopPrice) => onChange({ stopPrice })}
            />
          )}
          {hasLimit(draft.type) && (
            <Field
              {...price}
              label="Limit price"
              value={draft.limitPrice}
              error={errors.limitPrice}
              onChange={(limitPrice) => onChange({ limitPrice })}
            />
          )}
        </div>
      )}
      <label className="checkbox">
        <input
          type="checkbox"
          checked={draft.bracket}
          onChange={(event) => onChange({ bracket: event.target.checked })}
        />
        <span>Bracket with take profit and stop loss</span>
      </label>
      {draft.bracket && (
        <div className="ticket__pair">
          <Field
            {...price}
            label="Take profit"
            value={draft.takeProfit}
            error={errors.takeProfit}
            onChange={(takeProfit) => onChange({ takeProfit })}
          />
          <Field
            {...price}
            label="Stop loss"
            value={draft.stopLoss}
            error={errors.stopLoss}
            onChange={(stopLoss) => onChange({ stopLoss })}
          />
        </div>
      )}
    </>
  );
}
