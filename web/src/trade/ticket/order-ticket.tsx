import { useEffect, useId, useRef, useState, type FormEvent, type RefObject } from 'react';
import { Link } from 'react-router';
import { getInstrument } from '../../api/tradsy-api.ts';
import { useLive } from '../../live/live-context.ts';
import { marketNow } from '../../live/live-state.ts';
import { fromNumber } from '../../numbers/decimal.ts';
import { useAccount } from '../../session/account-context.ts';
import { useLoad } from '../../ui/use-load.ts';
import { useTrading } from '../trading-context.ts';
import { checkDraft, type World } from './check-draft.ts';
import { describeForm, estimatedValue, formatEstimate, formOf, type Draft, type Table } from './draft.ts';
import { OrderFields } from './order-fields.tsx';
import { withProposedExits } from './proposed-exits.ts';
import { SideSwitch } from './side-switch.tsx';
import { SubmissionResult } from './submission-result.tsx';
import type { useSubmission } from './use-submission.ts';
import './ticket.css';

interface OrderTicketProps {
  symbol: string;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  submitting: ReturnType<typeof useSubmission>;
  quantityRef: RefObject<HTMLInputElement | null>;
}

/** The way to the first order, while something is still missing; null when the trader may trade. */
function MissingStep() {
  const { onboarding } = useAccount();
  if (onboarding.mayTrade || onboarding.missing.length === 0) return null;
  const documents = onboarding.missing.some((what) => what !== 'broker_link');
  return (
    <Link className="button button--primary button--large button--block" to={documents ? '/signup' : '/link'}>
      {documents ? 'Accept the terms to trade' : 'Link a broker account to trade'}
    </Link>
  );
}

/** What the draft is held against: the table, the instrument, what is held of it, and the market. */
function useWorld(symbol: string, table: Table): World {
  const { instruments } = useTrading();
  const quote = useLive((state) => state.quotes[symbol] ?? null);
  const now = useLive(marketNow);
  const isKnown = useLive((state) => state.epoch > 0);
  const held = useLive((state) => state.positions.find((each) => each.instrument === symbol) ?? null);
  const { loaded } = useLoad(`instrument ${symbol}`, (signal) => getInstrument(symbol, signal));
  const most = instruments.find((each) => each.name === symbol)?.maxQty;
  const position = held === null ? '0' : `${held.side === 'sell' ? '-' : ''}${fromNumber(held.qty)}`;
  return {
    table,
    instrument: loaded.status === 'ready' ? loaded.value : null,
    most: most === undefined ? null : fromNumber(most),
    position: isKnown ? position : null,
    quote,
    now,
  };
}

/** The order ticket, once it is known what the broker takes. */
export function OrderTicket(props: OrderTicketProps) {
  const { capabilities } = useTrading();
  if (capabilities !== null && props.symbol !== '') return <TicketForm {...props} table={capabilities} />;
  return (
    <div className="ticket" aria-hidden="true">
      {['side', 'type', 'quantity'].map((row) => (
        <span key={row} className="skeleton ticket__skeleton" />
      ))}
    </div>
  );
}

function TicketForm({
  symbol,
  draft: written,
  onChange,
  submitting,
  quantityRef,
  table,
}: OrderTicketProps & { readonly table: Table }) {
  const { onboarding } = useAccount();
  const { accountId, risk } = useTrading();
  const world = useWorld(symbol, table);
  const { quote } = world;
  const limits = risk.loaded.status === 'ready' ? risk.loaded.value.limits : null;
  const draft = withProposedExits(written, { table, quote, limits });
  const reviewId = useId();
  const [asked, setAsked] = useState(false);
  const { submission, send, confirm, sendAgain, giveUp, clear } = submitting;

  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Below a bracket's fields it would come out of sight.
    result.current?.scrollIntoView({ block: 'nearest' });
  }, [submission]);

  const { errors, atOnce } = checkDraft(draft, world);
  const valid = Object.keys(errors).length === 0;
  const shown = asked ? errors : atOnce;
  const word = draft.side === 'buy' ? 'buy' : 'sell';
  const blocked = submission.kind === 'sending' || submission.kind === 'unanswered' || accountId === null;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (blocked) return;
    setAsked(true);
    if (!valid) {
      const form = event.currentTarget;
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    const outcome = await send(formOf(table, draft, symbol, quote));
    if (outcome?.kind === 'placed') setAsked(false);
  }

  function change(next: Partial<Draft>): void {
    // A refusal stays in view while the order is mended; a success speaks of the order before.
    if (submission.kind === 'placed') clear();
    onChange(next);
  }

  return (
    <form className="ticket" noValidate onSubmit={(event) => void submit(event)}>
      <SideSwitch side={draft.side} quote={quote} onChange={(side) => change({ side })} />
      <OrderFields
        table={table}
        draft={draft}
        errors={shown}
        exitsRequired={limits?.protectionRequired === true}
        quantityRef={quantityRef}
        onChange={change}
      />
      <dl className="facts ticket__facts">
        <div>
          <dt>Estimated value</dt>
          <dd>
            <b>{formatEstimate(estimatedValue(table, draft, quote))}</b>
          </dd>
        </div>
      </dl>
      {/* Not announced by itself: it follows the quote. Whoever comes to the button hears what it would send. */}
      <p className="ticket__review" id={reviewId}>
        {valid
          ? describeForm(formOf(table, draft, symbol, quote))
          : `${draft.side === 'buy' ? 'Buy' : 'Sell'} ${symbol}`}
      </p>
      {shown.order !== undefined && (
        <p className="field__error" role="alert">
          {shown.order}
        </p>
      )}
      {onboarding.mayTrade ? (
        <button
          type="submit"
          className={`button button--${word} button--large button--block`}
          aria-disabled={blocked}
          aria-label={`Place ${word} order`}
          aria-describedby={reviewId}
        >
          {submission.kind === 'sending' ? 'Sending…' : `Place ${word} order`}
        </button>
      ) : (
        <MissingStep />
      )}
      <div className="ticket__result" ref={result}>
        <SubmissionResult
          submission={submission}
          onConfirm={() => void confirm()}
          onSendAgain={() => void sendAgain()}
          onGiveUp={giveUp}
        />
      </div>
    </form>
  );
}
