import { useEffect, useState } from 'react';
import type { PlaceOrderForm } from '../../../../contracts/broker-api.ts';
import { placeOrder } from '../../api/broker-api.ts';
import { asksWhetherMeant, submitOrder, type Outcome } from './submission.ts';
import { forgetUnanswered, readUnanswered, type UnansweredOrder } from './unanswered-order.ts';

const CUT_OFF = 'The page was closed or reloaded before the answer came.';

export type Submission = { kind: 'idle' } | { kind: 'sending' } | Outcome;

/** 128 bits of chance as hex: also where the page is not served over TLS, unlike crypto.randomUUID. */
function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The way of one order from the ticket to its answer. At most one is under way. */
export function useSubmission(accountId: string | null, onAnswer: () => void) {
  const [submission, setSubmission] = useState<Submission>({ kind: 'idle' });

  useEffect(() => {
    if (accountId === null) return;
    const order = readUnanswered(sessionStorage, accountId);
    if (order !== null) setSubmission({ kind: 'unanswered', order, reason: CUT_OFF });
  }, [accountId]);

  async function run(order: UnansweredOrder): Promise<Outcome> {
    setSubmission({ kind: 'sending' });
    const outcome = await submitOrder(sessionStorage, order, placeOrder);
    setSubmission(outcome);
    onAnswer();
    return outcome;
  }

  return {
    submission,
    send: async (form: PlaceOrderForm): Promise<Outcome | null> => {
      if (accountId === null || submission.kind === 'sending' || submission.kind === 'unanswered') return null;
      return run({ accountId, requestId: newRequestId(), form });
    },
    /** Sends an order that was asked about anew, as one that is meant: it is another request, with an answer of its own. */
    confirm: async (): Promise<void> => {
      if (accountId === null || submission.kind !== 'refused' || !asksWhetherMeant(submission.refusal)) return;
      await run({ accountId, requestId: newRequestId(), form: { ...submission.form, confirmDuplicate: 'true' } });
    },
    sendAgain: async (): Promise<void> => {
      if (submission.kind === 'unanswered') await run(submission.order);
    },
    giveUp: (): void => {
      forgetUnanswered(sessionStorage);
      setSubmission({ kind: 'idle' });
    },
    clear: (): void => {
      if (submission.kind === 'placed' || submission.kind === 'refused') setSubmission({ kind: 'idle' });
    },
  };
}
