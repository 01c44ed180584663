import { useState, type FormEvent, type RefObject } from 'react';
import { Link } from 'react-router';
import { useLive } from '../../live/live-context.ts';
import { useAccount } from '../../session/account-context.ts';
import { useTrading } from '../trading-context.ts';
import { OrderFields } from './order-fields.tsx';
import { SideSwitch } from './side-switch.tsx';
import { SubmissionResult } from './submission-result.tsx';
import {
  checkDraft,
  describeForm,
  estimatedValue,
  formatEstimate,
  formOf,
  type Draft,
  type DraftErrors,
} from './ticket.ts';
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

export function OrderTicket({ symbol, draft, onChange, submitting, quantityRef }: OrderTicketProps) {
  const { onboarding } = useAccount();
  const { instruments, durations, accountId } = useTrading();
  const quote = useLive((state) => state.quotes[symbol] ?? null);
  const [asked, setAsked] = useState(false);
  const { submission, send, sendAgain, giveUp, clear } = submitting;

  const instrument = instruments.find((each) => each.name === symbol) ?? null;
  const errors = checkDraft(draft, instrument, quote);
  const valid = Object.keys(errors).length === 0;
  const shownErrors: DraftErrors = asked ? errors : {};
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
    const outcome = await send(formOf(draft, symbol, quote));
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
        draft={draft}
        errors={shownErrors}
        durations={durations}
        quantityRef={quantityRef}
        onChange={change}
      />
      <dl className="facts ticket__facts">
        <div>
          <dt>Estimated value</dt>
          <dd>
            <b>{formatEstimate(estimatedValue(draft, quote))}</b>
          </dd>
        </div>
      </dl>
      <p className="ticket__review" aria-live="polite">
        {valid ? describeForm(formOf(draft, symbol, quote)) : `${draft.side === 'buy' ? 'Buy' : 'Sell'} ${symbol}`}
      </p>
      {onboarding.mayTrade ? (
        <button
          type="submit"
          className={`button button--${word} button--large button--block`}
          aria-disabled={blocked}
          aria-label={`Place ${word} order`}
        >
          {submission.kind === 'sending' ? 'Sending…' : `Place ${word} order`}
        </button>
      ) : (
        <MissingStep />
      )}
      <SubmissionResult submission={submission} onSendAgain={() => void sendAgain()} onGiveUp={giveUp} />
    </form>
  );
}
