/** The state of one order, folded from its events. */
import { minus, NO_QUANTITY, plus, quantity } from '../kernel/decimal.ts';
import type { Quantity } from '../kernel/decimal.ts';
import { linked } from './chain.ts';
import type { BrokerOrderLink, Chain } from './chain.ts';
import type { OrderEvent, OrderTerms, OrderTicket } from './events.ts';
import type { ExecutionIdentified, Fill, Recount } from './execution-events.ts';
import { namesOf } from './executions.ts';
import type { ExecutionBook, KnownExecution } from './executions.ts';
import type { ExitLinked, ProtectionMissing } from './exit-events.ts';

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

export interface LiveOrder extends ExecutionBook {
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
  /** All of them, with their quantities. */
  readonly chain: Chain;
  /** Broker orders that could have made the whole more than was ordered, and were to be cancelled for it. */
  readonly exceeding: readonly string[];
  /** What stands of all of them. */
  readonly filled: Quantity;
  readonly cancelRequested: boolean;
  readonly cancelRequestedAt: string | null;
  readonly replacement: { readonly revision: number; readonly terms: OrderTerms; readonly requestedAt: string } | null;
  readonly replacements: number;
  /** The order whose bracket this one belongs to. */
  readonly parentOrderId: string | null;
  /** Seen at the broker, not placed here. */
  readonly observed: boolean;
  /** Of an exit: it works at the venue. */
  readonly exitActive: boolean;
  /** The exits of this order's bracket. */
  readonly exits: readonly ExitLinked['data'][];
  /** What is wrong with the protection of what it bought or sold; null when nothing is known to be. */
  readonly unprotected: ProtectionMissing['data'] | null;
}

export type OrderState = { readonly status: 'none' } | LiveOrder;

export const NO_ORDER: OrderState = { status: 'none' };

const FINAL: readonly OrderStatus[] = ['filled', 'cancelled', 'expired', 'rejected', 'not_sent', 'not_received'];
export const isFinalStatus = (status: OrderStatus): boolean => FINAL.includes(status);
export const isFinal = (state: LiveOrder): boolean => isFinalStatus(state.status);

export function evolveOrder(state: OrderState, event: OrderEvent): OrderState {
  if (event.type === 'OrderPlaced') return begin(event.data.ticket, event.data.placedAt);
  if (event.type === 'OrderObserved') {
    const observed = begin(event.data.ticket, event.data.observedAt);
    const { brokerOrderId, parentOrderId } = event.data;
    return {
      ...withLink({ ...observed, observed: true }, brokerOrderId, 0, event.data.ticket.quantity),
      parentOrderId,
    };
  }
  if (event.type === 'OrderRecovered') {
    const { ticket, brokerOrderId, recoveredAt } = event.data;
    return withLink(begin(ticket, recoveredAt), brokerOrderId, 0, ticket.quantity);
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
        ...withLink(state, event.data.brokerOrderId, 0, state.placed.quantity),
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
      return withExecution(state, event.data);
    case 'OrderFilled':
      return end(withExecution(state, event.data), isFinal(state) ? state.status : 'filled');
    case 'OrderCompleted':
      return end(state, 'filled');
    case 'CancelRequested':
      return { ...state, cancelRequested: true, cancelRequestedAt: event.data.requestedAt };
    case 'CancelRefused':
      return { ...state, cancelRequested: false, cancelRequestedAt: null };
    case 'OrderCancelled':
      return end(state, 'cancelled');
    case 'OrderExpired':
      return end(state, 'expired');
    case 'ReplaceRequested': {
      const { revision, terms, requestedAt } = event.data;
      return { ...state, replacement: { revision, terms, requestedAt }, replacements: revision };
    }
    case 'OrderReplaced': {
      const { revision, terms, brokerOrderId } = event.data;
      const after = withLink(state, brokerOrderId, revision, terms.quantity);
      // One that made way itself, and is learnt of late, changes nothing about the order that works now.
      if (after.brokerOrderId !== brokerOrderId) return { ...after, status: state.status };
      const isPending = state.replacement !== null && state.replacement.revision > revision;
      return { ...after, ticket: { ...state.ticket, ...terms }, replacement: isPending ? state.replacement : null };
    }
    case 'ReplaceRefused':
      return { ...state, replacement: null };
    case 'BracketLinked':
      return { ...state, parentOrderId: event.data.parentOrderId };
    case 'ExecutionBusted':
      return recounted({ ...state, busts: [...state.busts, event.data] }, event.data.recount);
    case 'ExecutionCorrected':
      return recounted({ ...state, corrections: [...state.corrections, event.data] }, event.data.recount);
    case 'ExecutionHeldBack':
      return { ...state, heldBack: [...heldWithout(state, event.data.execution), event.data.execution] };
    case 'ExecutionIdentified':
      return recounted(identified(state, event.data), event.data.recount);
    case 'ExecutionsConfirmed': {
      const { brokerOrderId, brokerFilledQuantity, standingQuantity } = event.data;
      const surplus = minus(quantity(brokerFilledQuantity), quantity(standingQuantity));
      return { ...state, confirmed: [...state.confirmed, { brokerOrderId, surplus }] };
    }
    case 'ChainExceeded':
      return { ...state, exceeding: [...state.exceeding, event.data.brokerOrderId] };
    case 'OrderRestated': {
      const { brokerOrderId, quantity: now, restatedAt } = event.data;
      const restated = (link: BrokerOrderLink): BrokerOrderLink =>
        link.brokerOrderId === brokerOrderId ? { ...link, quantity: quantity(now), toldAt: restatedAt } : link;
      return { ...state, chain: state.chain.map(restated), ticket: { ...state.ticket, quantity: now } };
    }
    case 'ExitLinked':
      return { ...state, exits: [...state.exits, event.data] };
    case 'ExitActivated':
      return { ...state, exitActive: true };
    case 'ProtectionMissing':
      return { ...state, unprotected: event.data };
    case 'ProtectionRestored':
      return { ...state, unprotected: null };
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
    chain: [],
    exceeding: [],
    filled: NO_QUANTITY,
    executions: [],
    busts: [],
    corrections: [],
    heldBack: [],
    confirmed: [],
    cancelRequested: false,
    cancelRequestedAt: null,
    replacement: null,
    replacements: 0,
    parentOrderId: null,
    observed: false,
    exitActive: false,
    exits: [],
    unprotected: null,
  };
}

/** The order works at the broker, as one more broker order; the one with the latest revision is the one that counts. */
function withLink(state: LiveOrder, brokerOrderId: string, revision: number, ordered: string): LiveOrder {
  const chain = linked(state.chain, { brokerOrderId, revision, quantity: quantity(ordered), toldAt: null });
  const ids = chain.map((link) => link.brokerOrderId);
  return {
    ...state,
    status: 'working',
    chain,
    brokerOrderId: ids.at(-1) ?? null,
    formerBrokerOrderIds: ids.slice(0, -1),
  };
}

const end = (state: LiveOrder, status: OrderStatus): LiveOrder => ({
  ...state,
  status,
  sentSince: null,
  replacement: null,
});

const withExecution = (state: LiveOrder, { execution, repeat, counted }: Fill): LiveOrder => ({
  ...state,
  filled: plus(state.filled, quantity(counted.quantity)),
  executions: [...state.executions, { ...execution, repeat }],
  heldBack: heldWithout(state, execution),
});

/** What is held back, but for what has one of an execution's names. */
const heldWithout = (
  { heldBack }: LiveOrder,
  execution: Pick<KnownExecution, 'brokerOrderId' | 'executionId' | 'recordId'>,
): LiveOrder['heldBack'] =>
  heldBack.filter(
    (each) =>
      each.brokerOrderId !== execution.brokerOrderId ||
      !namesOf(each).some((name) => namesOf(execution).includes(name)),
  );

const recounted = (state: LiveOrder, recount: Recount | null): LiveOrder =>
  recount === null
    ? state
    : {
        ...state,
        filled: plus(minus(state.filled, quantity(recount.before.quantity)), quantity(recount.after.quantity)),
      };

/** Gives an execution the names by which it is known now. */
function identified(state: LiveOrder, named: ExecutionIdentified['data']): LiveOrder {
  const { brokerOrderId, cumulativeQuantity, repeat, executionId, recordId } = named;
  const isIt = (each: KnownExecution): boolean =>
    each.brokerOrderId === brokerOrderId && each.cumulativeQuantity === cumulativeQuantity && each.repeat === repeat;
  return {
    ...state,
    executions: state.executions.map((each) => (isIt(each) ? { ...each, executionId, recordId } : each)),
    heldBack: heldWithout(state, { brokerOrderId, executionId, recordId }),
  };
}
