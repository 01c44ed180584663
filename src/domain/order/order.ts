/**
 * The life of one order. A request to the broker is always committed here before it is made; what the broker did is
 * decided in `broker-report.ts`.
 */
import type { Decider, Decision } from '../kernel/decider.ts';
import { accept, refuse } from '../kernel/decider.ts';
import type { BrokerReport, ReportRefusal } from './broker-report.ts';
import { decideReport } from './broker-report.ts';
import { MOST_CHANGES } from './client-order-id.ts';
import { sameTerms, sameTicket } from './events.ts';
import type { Channel, OrderEvent, OrderObserved, OrderRecovered, OrderTerms, OrderTicket } from './events.ts';
import type { ExitLinked } from './exit-events.ts';
import { decideProtection } from './protection.ts';
import type { Protection } from './protection.ts';
import { evolveOrder, isFinal, NO_ORDER } from './state.ts';
import type { LiveOrder, OrderState } from './state.ts';

// --- Commands ---

export type OrderCommand =
  | { readonly type: 'PlaceOrder'; readonly ticket: OrderTicket; readonly channel: Channel; readonly at: string }
  | ({ readonly type: 'ObserveOrder'; readonly at: string } & Omit<OrderObserved['data'], 'observedAt'>)
  | ({ readonly type: 'RecoverOrder'; readonly at: string } & Omit<OrderRecovered['data'], 'recoveredAt'>)
  | { readonly type: 'RecordSubmissionDelayed'; readonly reason: string; readonly at: string }
  | { readonly type: 'ClaimSubmission'; readonly claimId: string; readonly at: string }
  | { readonly type: 'RecordSubmissionFailed'; readonly claimId: string; readonly reason: string; readonly at: string }
  | { readonly type: 'RecordNotSent'; readonly reason: string; readonly at: string }
  | { readonly type: 'RecordUnconfirmed'; readonly reason: string; readonly at: string }
  | { readonly type: 'RecordRejected'; readonly code: string | null; readonly reason: string; readonly at: string }
  | { readonly type: 'RecordNotReceived'; readonly reason: string; readonly at: string }
  | { readonly type: 'RecordReport'; readonly report: BrokerReport }
  | { readonly type: 'RequestCancel'; readonly at: string }
  | { readonly type: 'RecordCancelRefused'; readonly reason: string; readonly at: string }
  | { readonly type: 'RequestReplace'; readonly terms: OrderTerms; readonly at: string }
  | { readonly type: 'RecordReplaceRefused'; readonly revision: number; readonly reason: string; readonly at: string }
  | { readonly type: 'RecordBrokerMessage'; readonly raw: string; readonly problem: string; readonly at: string }
  | ({ readonly type: 'LinkExit' } & ExitLinked['data'])
  /** `since`: when what is wrong was first seen, if anything is. */
  | { readonly type: 'RecordProtection'; readonly protection: Protection; readonly since: string; readonly at: string };

// --- Refusals ---

export type OrderRefusal =
  | ReportRefusal
  | { readonly code: 'order_differs' }
  | { readonly code: 'already_claimed' }
  | { readonly code: 'order_not_working'; readonly status: string }
  | { readonly code: 'order_unconfirmed' }
  | { readonly code: 'order_partly_filled' }
  | { readonly code: 'replace_pending' }
  /** Its id at the broker has no room for another one. */
  | { readonly code: 'too_many_changes' };

/**
 * How old an intent may be when it leaves: the market has moved on since the trader pressed the button. A market
 * order 15 seconds, any other 60.
 */
export const maxIntentAgeSeconds = (type: OrderTicket['type']): number => (type === 'market' ? 15 : 60);

const ageInSeconds = (state: LiveOrder, at: string): number =>
  Math.floor((Date.parse(at) - Date.parse(state.intendedAt)) / 1000);

/** Whether the intent is too old at a moment for the order to be sent. */
export const isTooOld = (state: LiveOrder, at: string): boolean =>
  ageInSeconds(state, at) > maxIntentAgeSeconds(state.ticket.type);

// --- Decide ---

export function decide(command: OrderCommand, state: OrderState): Decision<OrderEvent, OrderRefusal> {
  if (command.type === 'PlaceOrder') return place(command, state);
  if (command.type === 'ObserveOrder') return observe(command, state);
  if (command.type === 'RecoverOrder') return recover(command, state);
  if (command.type === 'RecordReport') return decideReport(command.report, state);
  if (state.status === 'none') return refuse({ code: 'order_unknown' });
  switch (command.type) {
    case 'ClaimSubmission':
      return claim(command, state);
    case 'RecordSubmissionDelayed':
      if (state.status !== 'placed' || state.delayed) return accept();
      return accept({ type: 'SubmissionDelayed', data: { reason: command.reason, since: command.at } });
    case 'RecordSubmissionFailed':
      if (state.status !== 'claimed' || state.claimId !== command.claimId) return accept();
      return accept({ type: 'SubmissionFailed', data: { reason: command.reason, failedAt: command.at } });
    case 'RecordNotSent':
      if (state.status !== 'placed') return accept();
      return accept({ type: 'OrderNotSent', data: { reason: command.reason, at: command.at } });
    case 'RecordUnconfirmed':
      if (state.status !== 'claimed') return accept();
      return accept({ type: 'SubmissionUnconfirmed', data: { reason: command.reason, since: command.at } });
    case 'RecordRejected':
      if (state.status !== 'claimed' && state.status !== 'unconfirmed') return accept();
      return accept({
        type: 'OrderRejected',
        data: { code: command.code, reason: command.reason, rejectedAt: command.at },
      });
    case 'RecordNotReceived':
      if (state.status !== 'unconfirmed') return accept();
      return accept({ type: 'OrderNotReceived', data: { reason: command.reason, at: command.at } });
    case 'RequestCancel':
      return requestCancel(command.at, state);
    case 'RecordCancelRefused':
      if (isFinal(state) || !state.cancelRequested) return accept();
      return accept({ type: 'CancelRefused', data: { reason: command.reason, at: command.at } });
    case 'RequestReplace':
      return requestReplace(command.terms, command.at, state);
    case 'RecordReplaceRefused':
      if (state.replacement?.revision !== command.revision) return accept();
      return accept({
        type: 'ReplaceRefused',
        data: { revision: command.revision, reason: command.reason, at: command.at },
      });
    case 'RecordBrokerMessage':
      return accept({
        type: 'BrokerMessageRecorded',
        data: { raw: command.raw, problem: command.problem, receivedAt: command.at },
      });
    case 'LinkExit': {
      const { exitOrderId, role } = command;
      if (state.exits.some((exit) => exit.exitOrderId === exitOrderId)) return accept();
      return accept({ type: 'ExitLinked', data: { exitOrderId, role } });
    }
    case 'RecordProtection':
      return accept(...decideProtection(state, command.protection, command));
  }
}

type PlaceOrder = Extract<OrderCommand, { type: 'PlaceOrder' }>;
function place(command: PlaceOrder, state: OrderState): Decision<OrderEvent, OrderRefusal> {
  if (state.status === 'none') {
    return accept({
      type: 'OrderPlaced',
      data: { ticket: command.ticket, channel: command.channel, placedAt: command.at },
    });
  }
  return sameTicket(state.placed, command.ticket) ? accept() : refuse({ code: 'order_differs' });
}

type ObserveOrder = Extract<OrderCommand, { type: 'ObserveOrder' }>;
function observe(command: ObserveOrder, state: OrderState): Decision<OrderEvent, OrderRefusal> {
  const { ticket, brokerOrderId, parentOrderId, role, at } = command;
  if (state.status === 'none') {
    return accept({ type: 'OrderObserved', data: { ticket, brokerOrderId, parentOrderId, role, observedAt: at } });
  }
  if (parentOrderId === null || state.parentOrderId !== null || role === 'external') return accept();
  return accept({ type: 'BracketLinked', data: { parentOrderId, role } });
}

type RecoverOrder = Extract<OrderCommand, { type: 'RecoverOrder' }>;
function recover(command: RecoverOrder, state: OrderState): Decision<OrderEvent, OrderRefusal> {
  if (state.status !== 'none') return accept();
  const { ticket, brokerOrderId, clientOrderId, at } = command;
  return accept({ type: 'OrderRecovered', data: { ticket, brokerOrderId, clientOrderId, recoveredAt: at } });
}

type ClaimSubmission = Extract<OrderCommand, { type: 'ClaimSubmission' }>;
function claim(command: ClaimSubmission, state: LiveOrder): Decision<OrderEvent, OrderRefusal> {
  if (state.status === 'claimed' && state.claimId === command.claimId) return accept();
  if (state.status !== 'placed') return refuse({ code: 'already_claimed' });
  if (state.cancelRequested) return accept(cancelledUnsent(command.at));
  if (isTooOld(state, command.at)) {
    const reason = `The order was ${ageInSeconds(state, command.at)} s old before it could be sent.`;
    return accept({ type: 'OrderNotSent', data: { reason, at: command.at } });
  }
  return accept({
    type: 'SubmissionClaimed',
    data: { claimId: command.claimId, attempt: state.attempts + 1, claimedAt: command.at },
  });
}

function requestCancel(at: string, state: LiveOrder): Decision<OrderEvent, OrderRefusal> {
  if (isFinal(state)) return refuse({ code: 'order_not_working', status: state.status });
  // Nobody has claimed it, so the claim that might follow finds a finished order: it can not be sent any more.
  if (state.status === 'placed') return accept(cancelledUnsent(at));
  if (state.cancelRequested) return accept();
  return accept({ type: 'CancelRequested', data: { requestedAt: at } });
}

const cancelledUnsent = (at: string): OrderEvent => ({
  type: 'OrderCancelled',
  data: { filledQuantity: '0', reason: 'Cancelled before it was sent.', cancelledAt: at },
});

function requestReplace(terms: OrderTerms, at: string, state: LiveOrder): Decision<OrderEvent, OrderRefusal> {
  if (isFinal(state)) return refuse({ code: 'order_not_working', status: state.status });
  if (state.status !== 'working') return refuse({ code: 'order_unconfirmed' });
  // How a broker counts what is filled already against the new quantity is not promised, and a wrong guess oversells.
  if (state.executions.length > 0) return refuse({ code: 'order_partly_filled' });
  const { replacement } = state;
  if (replacement !== null) return sameTerms(replacement.terms, terms) ? accept() : refuse({ code: 'replace_pending' });
  if (sameTerms(state.ticket, terms)) return accept();
  if (state.replacements >= MOST_CHANGES) return refuse({ code: 'too_many_changes' });
  return accept({ type: 'ReplaceRequested', data: { revision: state.replacements + 1, terms, requestedAt: at } });
}

export const order: Decider<OrderCommand, OrderEvent, OrderState, OrderRefusal> = {
  initial: NO_ORDER,
  evolve: evolveOrder,
  decide,
};
