/**
 * What the risk engine decided and booked for one account. These names and shapes are the stored format: they are added
 * to, never changed. Decimals are text; times are RFC 3339.
 */
import type { Channel, OrderTerms, OrderTicket } from '../order/events.ts';
import type { AssessmentInputs, Breach } from './assessment.ts';

export type { AssessmentInputs, Breach, BrokerFigures, HaltNotice, Mark, RiskLimits, RuleName } from './assessment.ts';

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
    /** Unique for an execution, and for each correction of it (src/domain/order/execution-events.ts). */
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

/**
 * A booked execution is taken back, because the broker has busted it, or corrected it: then it is booked anew. The lot that
 * it opened goes, and the lots that it closed come back at what they had cost.
 */
export interface FillReversed {
  readonly type: 'FillReversed';
  readonly data: {
    readonly orderId: string;
    readonly executionKey: string;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
    readonly quantity: string;
    readonly price: string;
    /** The lots, or parts of them, that it had closed, oldest first; `orderId` is null for what was held before. */
    readonly closedLots: readonly {
      readonly quantity: string;
      readonly price: string;
      readonly orderId: string | null;
    }[];
    /** What the reversal adds to the realized profit. */
    readonly realized: string;
    /** Shares of the order that stay booked. */
    readonly executed: string;
    /** The day of the execution. */
    readonly tradingDay: string;
    readonly reason: 'busted' | 'corrected';
  };
}

/**
 * More was executed than was ordered. `order`: of one order; nothing that makes a position larger is admitted. `exits`: the
 * exits of a bracket have executed more than the order that they belong to, as when both were filled; nothing that
 * makes a position in the symbol larger is admitted. Until a person has looked.
 */
export interface OverfillFound {
  readonly type: 'OverfillFound';
  readonly data: {
    readonly orderId: string;
    readonly symbol: string;
    readonly cause: 'order' | 'exits';
    /** Shares too many. */
    readonly excess: string;
    readonly foundAt: string;
  };
}

/** A person has looked at what was executed too much. */
export interface OverfillCleared {
  readonly type: 'OverfillCleared';
  readonly data: {
    readonly orderId: string;
    readonly symbol: string;
    /** Which one of the order; null: all of them, as it was before they were looked at one by one. */
    readonly cause: 'order' | 'exits' | null;
    readonly clearedBy: string;
    readonly clearedAt: string;
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

/** Too many orders in one symbol on one side: from here on positions can only be made smaller, until a person says so. */
export interface RepeatedExecutionTripped {
  readonly type: 'RepeatedExecutionTripped';
  readonly data: {
    /** The order that was one too many. */
    readonly orderId: string;
    readonly symbol: string;
    readonly side: 'buy' | 'sell';
    readonly orders: number;
    readonly withinSeconds: number;
    readonly trippedAt: string;
  };
}

/** `clearedBy`: the user id of the person who takes it on themselves. */
export interface RepeatedExecutionCleared {
  readonly type: 'RepeatedExecutionCleared';
  readonly data: { readonly clearedBy: string; readonly clearedAt: string };
}

export type Tolerance = 'cautious' | 'balanced' | 'bold';
export type Experience = 'new' | 'some' | 'experienced';

/** How much risk the trader is for, and how experienced they are. */
export interface RiskProfileChosen {
  readonly type: 'RiskProfileChosen';
  readonly data: { readonly tolerance: Tolerance; readonly experience: Experience; readonly chosenAt: string };
}

/** The trader's own limits; null: as before. */
export interface LimitsTightened {
  readonly type: 'LimitsTightened';
  readonly data: {
    readonly limits: {
      readonly largestOrderValue: string | null;
      readonly largestOrderQuantity: string | null;
      readonly largestPositionValue: string | null;
      readonly largestExposure: string | null;
      readonly mostOpenOrders: number | null;
      readonly dailyLoss: string | null;
      readonly mostOrdersInTenSeconds: number | null;
      readonly shortSelling: false | null;
      readonly protectionRequired: true | null;
    };
    readonly tightenedAt: string;
  };
}

/** The broker holds another quantity than our record adds up to, and nothing is on its way that would explain it. */
export interface PositionMismatchFound {
  readonly type: 'PositionMismatchFound';
  readonly data: {
    readonly symbol: string;
    /** Shares by our record, and by the broker's; negative for a short position. */
    readonly ours: string;
    readonly brokers: string;
    readonly foundAt: string;
  };
}

/** Both hold the same again. */
export interface PositionMismatchResolved {
  readonly type: 'PositionMismatchResolved';
  readonly data: { readonly symbol: string; readonly quantity: string; readonly resolvedAt: string };
}

/** A person has declared the broker's position, at a moment of the market's time, to be the right one; how it came about is not known. */
export interface BrokerPositionAdopted {
  readonly type: 'BrokerPositionAdopted';
  readonly data: {
    readonly symbol: string;
    readonly quantity: string;
    /** By the broker, dollars a share; "0" for no position. */
    readonly averagePrice: string;
    /** Shares by our record before. */
    readonly previous: string;
    readonly adoptedBy: string;
    readonly adoptedAt: string;
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
  | OpeningPositionsRecorded
  | RepeatedExecutionTripped
  | RepeatedExecutionCleared
  | RiskProfileChosen
  | LimitsTightened
  | PositionMismatchFound
  | PositionMismatchResolved
  | BrokerPositionAdopted
  | FillReversed
  | OverfillFound
  | OverfillCleared;

/** A shape that must change gets the next version, and an upcaster for what is stored (src/adapters/stored-events). */
export const RISK_EVENT_VERSIONS: Readonly<Record<RiskEvent['type'], number>> = {
  OrderAdmitted: 2,
  OrderDenied: 2,
  ReplacementAdmitted: 2,
  ReplacementDenied: 2,
  FillBooked: 1,
  ReservationReleased: 1,
  ReservationAdjusted: 1,
  OpeningPositionsRecorded: 1,
  RepeatedExecutionTripped: 1,
  RepeatedExecutionCleared: 1,
  RiskProfileChosen: 1,
  LimitsTightened: 1,
  PositionMismatchFound: 1,
  PositionMismatchResolved: 1,
  BrokerPositionAdopted: 1,
  FillReversed: 1,
  OverfillFound: 1,
  OverfillCleared: 2,
};

export const riskStream = (accountId: string): string => `risk-${accountId}`;
