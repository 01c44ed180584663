/**
 * What the risk engine decided and booked for one account. These names and shapes are the stored format: they are added
 * to, never changed. Decimals are text; times are RFC 3339.
 */
import type { Channel, OrderTerms, OrderTicket } from '../order/events.ts';

export type RuleName =
  | 'disclaimer'
  | 'terms'
  | 'broker_link'
  | 'trades_left'
  | 'largest_order_value'
  | 'largest_order_quantity'
  | 'largest_position'
  | 'daily_loss'
  | 'price_collar'
  | 'fresh_quote';

/** Why one rule stands against an order: what it allows, and what would have been. */
export interface Breach {
  readonly rule: RuleName;
  readonly limit: string | null;
  readonly actual: string | null;
  readonly unit: 'USD' | 'shares' | 'percent' | 'seconds' | 'trades' | null;
}

/** All that a decision looked at besides the account's own history; kept, so that it can be explained and repeated. */
export interface AssessmentInputs {
  /** The market's time. */
  readonly marketTime: string;
  readonly marketOpen: boolean;
  /** The exchange's day. */
  readonly tradingDay: string;
  /** Best bid and ask with their time; null when there is no quote. */
  readonly quote: { readonly bid: string; readonly ask: string; readonly at: string } | null;
  readonly tradesIncluded: number | null;
  /** What the account itself still lacks. */
  readonly missing: readonly ('disclaimer' | 'terms' | 'broker_link')[];
  readonly limits: RiskLimits;
}

export interface RiskLimits {
  /** Since when this table is in force. */
  readonly effectiveFrom: string;
  readonly largestOrderValue: string;
  readonly largestOrderQuantity: string;
  readonly largestPositionValue: string;
  readonly dailyLoss: string;
  /** How far a limit price may be on the side that trades at once, and on the side that waits. */
  readonly collarAggressivePercent: string;
  readonly collarPassivePercent: string;
  readonly collarStopPercent: string;
  readonly quoteAgeSeconds: number;
}

/** The order may go to the broker. Its value is reserved until it is executed or ends. */
export interface OrderAdmitted {
  readonly type: 'OrderAdmitted';
  readonly data: {
    readonly ticket: OrderTicket;
    readonly channel: Channel;
    readonly inputs: AssessmentInputs;
    readonly admittedAt: string;
  };
}

export interface OrderDenied {
  readonly type: 'OrderDenied';
  readonly data: {
    readonly ticket: OrderTicket;
    readonly channel: Channel;
    readonly breaches: readonly Breach[];
    readonly inputs: AssessmentInputs;
    readonly deniedAt: string;
  };
}

/** An admitted order may go on with other terms. */
export interface ReplacementAdmitted {
  readonly type: 'ReplacementAdmitted';
  readonly data: {
    readonly orderId: string;
    /** Which change of the order it is, from 1. */
    readonly revision: number;
    readonly terms: OrderTerms;
    readonly inputs: AssessmentInputs;
    readonly admittedAt: string;
  };
}

export interface ReplacementDenied {
  readonly type: 'ReplacementDenied';
  readonly data: {
    readonly orderId: string;
    readonly revision: number;
    readonly terms: OrderTerms;
    readonly breaches: readonly Breach[];
    readonly inputs: AssessmentInputs;
    readonly deniedAt: string;
  };
}

/** One execution has moved the position; what it used of the reservation is used up. */
export interface FillBooked {
  readonly type: 'FillBooked';
  readonly data: {
    readonly orderId: string;
    /** Broker order id and cumulative quantity: unique for an execution. */
    readonly executionKey: string;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
    readonly quantity: string;
    readonly price: string;
    /** Profit or loss of the lots that it closed. */
    readonly realized: string;
    readonly tradingDay: string;
  };
}

/** The order has ended: what was still reserved for it is free again. */
export interface ReservationReleased {
  readonly type: 'ReservationReleased';
  readonly data: { readonly orderId: string; readonly outcome: string };
}

/** What may still be executed of an order has changed: another size is in force, or it works again after all. */
export interface ReservationAdjusted {
  readonly type: 'ReservationAdjusted';
  readonly data: {
    readonly orderId: string;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
    readonly quantity: string;
  };
}

/** What the linked broker account held before its first order here, at a moment of the market's time. */
export interface OpeningPositionsRecorded {
  readonly type: 'OpeningPositionsRecorded';
  readonly data: {
    readonly positions: readonly {
      readonly symbol: string;
      readonly quantity: string;
      readonly averagePrice: string;
    }[];
    readonly recordedAt: string;
  };
}

export type RiskEvent =
  | OrderAdmitted
  | OrderDenied
  | ReplacementAdmitted
  | ReplacementDenied
  | FillBooked
  | ReservationReleased
  | ReservationAdjusted
  | OpeningPositionsRecorded;

/** A shape that must change gets the next version, and an upcaster for what is stored (src/adapters/stored-events). */
export const RISK_EVENT_VERSIONS: Readonly<Record<RiskEvent['type'], number>> = {
  OrderAdmitted: 1,
  OrderDenied: 1,
  ReplacementAdmitted: 1,
  ReplacementDenied: 1,
  FillBooked: 1,
  ReservationReleased: 1,
  ReservationAdjusted: 1,
  OpeningPositionsRecorded: 1,
};

export const riskStream = (accountId: string): string => `risk-${accountId}`;
