/** The state of one order, folded from its events. */
import { NO_QUANTITY, plus, quantity } from '../kernel/decimal.ts';
import type { Quantity } from '../kernel/decimal.ts';
import type { Execution, OrderEvent, OrderTerms, OrderTicket } from './events.ts';

/**
 * `placed`: intended, not sent. `claimed`: being sent. `unconfirmed`: sent, and the answer never came. `working`: at the
 * broker. The others are final, though an execution may still come late, and a `not_received` order may yet appear.
 */
export type OrderStatus =
  | 'placed'
  | 'claimed'
  | 'unconfirmed'
  | 'working'
  | 'filled'
  | 'cancelled'
  | 'expired'
  | 'rejected'
  | 'not_sent'
  | 'not_received';

export interface LiveOrder {
  readonly status: OrderStatus;
  /** As first placed; decides whether a repeated request is the same one. */
  readonly placed: OrderTicket;
  /** With the terms in force now. */
  readonly ticket: OrderTicket;
  readonly intendedAt: string;
  /** It is known to wait for something before it can be sent. */
  readonly delayed: boolean;
  readonly attempts: number;
  readonly claimId: string | null;
  /** Since when the outcome of sending is in doubt, or being sent; null otherwise. */
  readonly sentSince: string | null;
  /** By the broker's time, when its first report of the order was made; null before, and for an order that was observed. */
  readonly acknowledgedAt: string | null;
  /** The broker's id of the order that works now, and of those it replaced. */
  readonly brokerOrderId: string | null;
  readonly formerBrokerOrderIds: readonly string[];
  readonly filled: Quantity;
  readonly executions: readonly Execution[];
  readonly cancelRequested: boolean;
  readonly replacement: { readonly revision: number; readonly terms: OrderTerms; readonly requestedAt: string } | null;
  readonly replacements: number;
  /** The order whose bracket this one belongs to. */
  readonly parentOrderId: string | null;
}

export type OrderState = { readonly status: 'none' } | LiveOrder;

export const NO_ORDER: OrderState = { status: 'none' };

const FINAL: readonly OrderStatus[] = ['filled', 'cancelled', 'expired', 'rejected', 'not_sent', 'not_received'];
export const isFinalStatus = (status: OrderStatus): boolean => FINAL.includes(status);
export const isFinal = (state: LiveOrder): boolean => isFinalStatus(state.status);

/** Executed of one broker order, as far as known here. */
export const filledOf = (state: LiveOrder, brokerOrderId: string): Quantity =>
  state.executions
    .filter((execution) => execution.brokerOrderId === brokerOrderId)
    .reduce((total, execution) => plus(total, quantity(execution.quantity)), NO_QUANTITY);

export function evolveOrder(state: OrderState, event: OrderEvent): OrderState {
  if (event.type === 'OrderPlaced') return begin(event.data.ticket, event.data.placedAt);
  if (event.type === 'OrderObserved') {
    const observed = begin(event.data.ticket, event.data.observedAt);
    const { brokerOrderId, parentOrderId } = event.data;
    return { ...observed, status: 'working', brokerOrderId, parentOrderId };
  }
  if (event.type === 'OrderRecovered') {
    const { ticket, brokerOrderId, recoveredAt } = event.data;
    return { ...begin(ticket, recoveredAt), status: 'working', brokerOrderId };
  }
  if (state.status === 'none') throw new Error(`an order can not begin with ${event.type}`);
  switch (event.type) {
    case 'SubmissionDelayed':
      return { ...state, delayed: true };
    case 'SubmissionClaimed':
      return {
        ...state,
        status: 'claimed',
        delayed: false,
        claimId: event.data.claimId,
        attempts: event.data.attempt,
        sentSince: event.data.claimedAt,
      };
    case 'SubmissionFailed':
      return { ...state, status: 'placed', claimId: null, sentSince: null };
    case 'SubmissionUnconfirmed':
      return { ...state, status: 'unconfirmed' };
    case 'OrderAcknowledged':
      return {
        ...state,
        status: 'working',
        brokerOrderId: event.data.brokerOrderId,
        acknowledgedAt: event.data.acknowledgedAt,
        sentSince: null,
      };
    case 'OrderRejected':
      return end(state, 'rejected');
    case 'OrderNotSent':
      return end(state, 'not_sent');
    case 'OrderNotReceived':
      return end(state, 'not_received');
    case 'OrderPartiallyFilled':
      return withExecution(state, event.data.execution);
    case 'OrderFilled':
      return end(withExecution(state, event.data.execution), isFinal(state) ? state.status : 'filled');
    case 'CancelRequested':
      return { ...state, cancelRequested: true };
    case 'CancelRefused':
      return { ...state, cancelRequested: false };
    case 'OrderCancelled':
      return end(state, 'cancelled');
    case 'OrderExpired':
      return end(state, 'expired');
    case 'ReplaceRequested': {
      const { revision, terms, requestedAt } = event.data;
      return { ...state, replacement: { revision, terms, requestedAt }, replacements: revision };
    }
    case 'OrderReplaced':
      return {
        ...state,
        status: 'working',
        ticket: { ...state.ticket, ...event.data.terms },
        replacement: null,
        formerBrokerOrderIds: state.brokerOrderId === null ? [] : [...state.formerBrokerOrderIds, state.brokerOrderId],
        brokerOrderId: event.data.brokerOrderId,
      };
    case 'ReplaceRefused':
      return { ...state, replacement: null };
    case 'BracketLinked':
      return { ...state, parentOrderId: event.data.parentOrderId };
    case 'BrokerMessageRecorded':
      return state;
  }
}

function begin(ticket: OrderTicket, intendedAt: string): LiveOrder {
  return {
    status: 'placed',
    placed: ticket,
    ticket,
    intendedAt,
    delayed: false,
    attempts: 0,
    claimId: null,
    sentSince: null,
    acknowledgedAt: null,
    brokerOrderId: null,
    formerBrokerOrderIds: [],
    filled: NO_QUANTITY,
    executions: [],
    cancelRequested: false,
    replacement: null,
    replacements: 0,
    parentOrderId: null,
  };
}

const end = (state: LiveOrder, status: OrderStatus): LiveOrder => ({
  ...state,
  status,
  sentSince: null,
  replacement: null,
});

const withExecution = (state: LiveOrder, execution: Execution): LiveOrder => ({
  ...state,
  filled: plus(state.filled, quantity(execution.quantity)),
  executions: [...state.executions, execution],
});
