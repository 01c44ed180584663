/**
 * What can happen to an order. These names and shapes are the stored format: they are added to, never changed.
 * Decimals are text; times are RFC 3339. What happens to executions stands in `execution-events.ts`, what happens to a
 * bracket's exits in `exit-events.ts`.
 */
import type {
  ExecutionBusted,
  ExecutionCorrected,
  ExecutionHeldBack,
  ExecutionIdentified,
  ExecutionsConfirmed,
  Fill,
} from './execution-events.ts';
import type { ExitActivated, ExitLinked, ProtectionMissing, ProtectionRestored } from './exit-events.ts';

export { executionKey } from './execution-events.ts';
export type { Counted, Execution, ExecutionBusted, ExecutionCorrected, Fill, Recount } from './execution-events.ts';
export type { ProtectionMissing } from './exit-events.ts';

export type OrderType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop';
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok' | 'opg' | 'cls';

/** What may change while an order works. */
export interface OrderTerms {
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly stopPrice: string | null;
  readonly timeInForce: TimeInForce;
}

/** An order as the trader wants it. */
export interface OrderTicket extends OrderTerms {
  /** Also the idempotency key, and the client order id at the broker. */
  readonly orderId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: OrderType;
  /** Dollars between the market and a trailing stop. */
  readonly trailPrice: string | null;
  readonly extendedHours: boolean;
  /** Both or none: the exits of a bracket order. */
  readonly takeProfit: string | null;
  readonly stopLoss: string | null;
}

/** Whether two tickets ask for the same thing. */
export const sameTicket = (a: OrderTicket, b: OrderTicket): boolean =>
  (Object.keys(a) as (keyof OrderTicket)[]).every((field) => a[field] === b[field]);

/** Whether two sets of terms are the same. */
export const sameTerms = (a: OrderTerms, b: OrderTerms): boolean =>
  a.quantity === b.quantity &&
  a.limitPrice === b.limitPrice &&
  a.stopPrice === b.stopPrice &&
  a.timeInForce === b.timeInForce;

/** Where an order was entered. `kill-switch`: nobody entered it; it closes a position because trading was stopped. */
export type Channel = 'broker-api' | 'demo' | 'kill-switch';

export interface OrderPlaced {
  readonly type: 'OrderPlaced';
  readonly data: { readonly ticket: OrderTicket; readonly channel: Channel; readonly placedAt: string };
}

/** An order that the broker has and we never placed: a bracket's exit, or one entered elsewhere. */
export interface OrderObserved {
  readonly type: 'OrderObserved';
  readonly data: {
    readonly ticket: OrderTicket;
    readonly brokerOrderId: string;
    /** The order whose bracket it belongs to; null for one entered elsewhere. */
    readonly parentOrderId: string | null;
    readonly role: 'take_profit' | 'stop_loss' | 'external';
    readonly observedAt: string;
  };
}

/**
 * An order that was made here and of which the record knew nothing any more, as after a restore from a backup: it was found
 * at the broker by its client order id.
 */
export interface OrderRecovered {
  readonly type: 'OrderRecovered';
  readonly data: {
    /** As the broker has it. */
    readonly ticket: OrderTicket;
    readonly brokerOrderId: string;
    readonly clientOrderId: string;
    readonly recoveredAt: string;
  };
}

/** An observed order turned out to be an exit of one of our bracket orders. */
export interface BracketLinked {
  readonly type: 'BracketLinked';
  readonly data: { readonly parentOrderId: string; readonly role: 'take_profit' | 'stop_loss' };
}

/** It can not be sent yet, and is kept waiting. */
export interface SubmissionDelayed {
  readonly type: 'SubmissionDelayed';
  readonly data: { readonly reason: string; readonly since: string };
}

/** One process has taken it on itself to send the order. Committed before the broker is called. */
export interface SubmissionClaimed {
  readonly type: 'SubmissionClaimed';
  readonly data: { readonly claimId: string; readonly attempt: number; readonly claimedAt: string };
}

/** The broker has not taken it: not a byte of the order left, or it asked to come back later. Another attempt is safe. */
export interface SubmissionFailed {
  readonly type: 'SubmissionFailed';
  readonly data: { readonly reason: string; readonly failedAt: string };
}

/** An answer never came or could not be understood: the order may or may not exist at the broker. */
export interface SubmissionUnconfirmed {
  readonly type: 'SubmissionUnconfirmed';
  readonly data: { readonly reason: string; readonly since: string };
}

export interface OrderAcknowledged {
  readonly type: 'OrderAcknowledged';
  readonly data: { readonly brokerOrderId: string; readonly acknowledgedAt: string };
}

/** Refused by the broker, in its own words. */
export interface OrderRejected {
  readonly type: 'OrderRejected';
  readonly data: { readonly code: string | null; readonly reason: string; readonly rejectedAt: string };
}

/** Proven never sent, and by now too old to send. */
export interface OrderNotSent {
  readonly type: 'OrderNotSent';
  readonly data: { readonly reason: string; readonly at: string };
}

/** The broker still knows nothing of it after the time allowed. If it ever appears there, the life goes on. */
export interface OrderNotReceived {
  readonly type: 'OrderNotReceived';
  readonly data: { readonly reason: string; readonly at: string };
}

export interface OrderPartiallyFilled {
  readonly type: 'OrderPartiallyFilled';
  readonly data: Fill;
}

export interface OrderFilled {
  readonly type: 'OrderFilled';
  readonly data: Fill;
}

/** The broker counts the order as filled, though the shares that stand are not those that were ordered. */
export interface OrderCompleted {
  readonly type: 'OrderCompleted';
  readonly data: { readonly filledQuantity: string; readonly completedAt: string };
}

export interface CancelRequested {
  readonly type: 'CancelRequested';
  readonly data: { readonly requestedAt: string };
}

/** The broker would not cancel; the order goes on. */
export interface CancelRefused {
  readonly type: 'CancelRefused';
  readonly data: { readonly reason: string; readonly at: string };
}

export interface OrderCancelled {
  readonly type: 'OrderCancelled';
  readonly data: { readonly filledQuantity: string; readonly reason: string | null; readonly cancelledAt: string };
}

export interface OrderExpired {
  readonly type: 'OrderExpired';
  readonly data: { readonly filledQuantity: string; readonly expiredAt: string };
}

export interface ReplaceRequested {
  readonly type: 'ReplaceRequested';
  /** `revision` counts the replacements from 1 and names the replacement at the broker. */
  readonly data: { readonly revision: number; readonly terms: OrderTerms; readonly requestedAt: string };
}

/** The broker works a new order in place of the old one. */
export interface OrderReplaced {
  readonly type: 'OrderReplaced';
  readonly data: {
    readonly revision: number;
    readonly terms: OrderTerms;
    readonly brokerOrderId: string;
    readonly replacedAt: string;
  };
}

export interface ReplaceRefused {
  readonly type: 'ReplaceRefused';
  readonly data: { readonly revision: number; readonly reason: string; readonly at: string };
}

/**
 * A part was executed while the change was made, and the changed order could execute more than the whole that the trader
 * wants: the order is to be cancelled.
 */
export interface ChainExceeded {
  readonly type: 'ChainExceeded';
  readonly data: {
    readonly brokerOrderId: string;
    readonly orderedQuantity: string;
    /** What all broker orders of this order could have executed in the end. */
    readonly possibleQuantity: string;
    readonly foundAt: string;
  };
}

/** The broker has another quantity for an order that was not placed here, as when one exit of a bracket shrinks the other. */
export interface OrderRestated {
  readonly type: 'OrderRestated';
  readonly data: {
    readonly brokerOrderId: string;
    readonly before: string;
    readonly quantity: string;
    readonly restatedAt: string;
  };
}

/** The broker said something that we do not understand; kept to the letter, for people to look at. */
export interface BrokerMessageRecorded {
  readonly type: 'BrokerMessageRecorded';
  readonly data: { readonly raw: string; readonly problem: string; readonly receivedAt: string };
}

export type OrderEvent =
  | OrderPlaced
  | OrderObserved
  | OrderRecovered
  | BracketLinked
  | SubmissionDelayed
  | SubmissionClaimed
  | SubmissionFailed
  | SubmissionUnconfirmed
  | OrderAcknowledged
  | OrderRejected
  | OrderNotSent
  | OrderNotReceived
  | OrderPartiallyFilled
  | OrderFilled
  | CancelRequested
  | CancelRefused
  | OrderCancelled
  | OrderExpired
  | ReplaceRequested
  | OrderReplaced
  | ReplaceRefused
  | BrokerMessageRecorded
  | ExecutionBusted
  | ExecutionCorrected
  | ExecutionHeldBack
  | ExecutionIdentified
  | ExecutionsConfirmed
  | OrderCompleted
  | ChainExceeded
  | OrderRestated
  | ExitLinked
  | ExitActivated
  | ProtectionMissing
  | ProtectionRestored;

/** A shape that must change gets the next version, and an upcaster for what is stored (src/adapters/stored-events). */
export const ORDER_EVENT_VERSIONS: Readonly<Record<OrderEvent['type'], number>> = {
  OrderPlaced: 1,
  OrderObserved: 1,
  OrderRecovered: 1,
  BracketLinked: 1,
  SubmissionDelayed: 1,
  SubmissionClaimed: 1,
  SubmissionFailed: 1,
  SubmissionUnconfirmed: 1,
  OrderAcknowledged: 1,
  OrderRejected: 1,
  OrderNotSent: 1,
  OrderNotReceived: 1,
  OrderPartiallyFilled: 2,
  OrderFilled: 2,
  CancelRequested: 1,
  CancelRefused: 1,
  OrderCancelled: 1,
  OrderExpired: 1,
  ReplaceRequested: 1,
  OrderReplaced: 1,
  ReplaceRefused: 1,
  BrokerMessageRecorded: 1,
  ExecutionBusted: 1,
  ExecutionCorrected: 1,
  ExecutionHeldBack: 1,
  ExecutionIdentified: 1,
  ExecutionsConfirmed: 1,
  OrderCompleted: 1,
  ChainExceeded: 1,
  OrderRestated: 1,
  ExitLinked: 1,
  ExitActivated: 1,
  ProtectionMissing: 1,
  ProtectionRestored: 1,
};

export const orderStream = (orderId: string): string => `order-${orderId}`;
