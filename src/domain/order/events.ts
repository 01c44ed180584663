/**
 * What can happen to an order. These names and shapes are the stored format: they are added to, never changed.
 * Decimals are text; times are RFC 3339.
 */
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

/** The broker was never reached: not a byte of the order left. Another attempt is safe. */
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

export interface Execution {
  readonly brokerOrderId: string;
  /** The broker's name for the execution, where it told one. */
  readonly executionId: string | null;
  readonly quantity: string;
  readonly price: string;
  /** Filled of this broker order after the execution: with its id, what makes an execution unique. */
  readonly cumulativeQuantity: string;
  readonly executedAt: string;
}

/** `late`: the order had ended, or had no quantity left, when the execution became known. It counts all the same. */
export interface Fill {
  readonly execution: Execution;
  /** Filled of the whole order, replaced broker orders included. */
  readonly filledQuantity: string;
  readonly leavesQuantity: string;
  readonly late: boolean;
}

export interface OrderPartiallyFilled {
  readonly type: 'OrderPartiallyFilled';
  readonly data: Fill;
}

export interface OrderFilled {
  readonly type: 'OrderFilled';
  readonly data: Fill;
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
  | BrokerMessageRecorded;

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
  OrderPartiallyFilled: 1,
  OrderFilled: 1,
  CancelRequested: 1,
  CancelRefused: 1,
  OrderCancelled: 1,
  OrderExpired: 1,
  ReplaceRequested: 1,
  OrderReplaced: 1,
  ReplaceRefused: 1,
  BrokerMessageRecorded: 1,
};

export const orderStream = (orderId: string): string => `order-${orderId}`;
