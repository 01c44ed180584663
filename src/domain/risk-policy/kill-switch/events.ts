/**
 * What can happen to the right to trade. One stream for the whole house: every halt of every scope, what was done about it,
 * who may release the wide ones, and the releases. These names and shapes are the stored format: they are added to,
 * never changed. No personal data: people are named by their user ids.
 */

/** Whose orders a halt stops. `account` with a symbol: the orders of that account in that symbol. */
export type HaltScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'broker'; readonly broker: 'alpaca' }
  | { readonly kind: 'symbol'; readonly symbol: string }
  | { readonly kind: 'strategy'; readonly strategyId: string }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'account'; readonly accountId: string; readonly symbol: string | null };

/** `halted`: nothing but cancels. `reducing`: only orders that make a position smaller, and cancels. */
export type HaltLevel = 'halted' | 'reducing';

/** Who halted, approved or released. `user`: for their own account. `trip`: a watch of the house that acts by itself. */
export type HaltParty =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'operator'; readonly userId: string }
  | { readonly kind: 'command_line' }
  | { readonly kind: 'trip'; readonly trip: string };

/** From here on, orders in the scope are stopped. */
export interface TradingHalted {
  readonly type: 'TradingHalted';
  readonly data: {
    readonly haltId: string;
    readonly scope: HaltScope;
    readonly level: HaltLevel;
    /** A stable code, and words for people. */
    readonly reason: { readonly code: string; readonly text: string };
    readonly by: HaltParty;
    /** Of a trip: it ends the halt itself when the cause has gone. Otherwise only people do. */
    readonly clearsItself: boolean;
    /** The last day of the exchange on which it stands; null: until it is released. */
    readonly until: string | null;
    /** What shall be done at the broker: cancel the orders in the scope, and close the positions too. */
    readonly cancelOrders: boolean;
    readonly flatten: boolean;
    readonly haltedAt: string;
  };
}

/**
 * What a halt has done already is done again, because somebody asks for it once more while it stands: in every account that
 * was done, from the beginning. What was asked for last is what it asks for now.
 */
export interface HaltRenewed {
  readonly type: 'HaltRenewed';
  readonly data: {
    readonly haltId: string;
    readonly by: HaltParty;
    readonly reason: TradingHalted['data']['reason'];
    readonly cancelOrders: boolean;
    readonly flatten: boolean;
    readonly renewedAt: string;
  };
}

/** The first of the two operators that the release of a wide halt needs. */
export interface ReleaseApproved {
  readonly type: 'ReleaseApproved';
  readonly data: { readonly haltId: string; readonly by: HaltParty; readonly approvedAt: string };
}

/** The halt stands no longer; others may. */
export interface TradingResumed {
  readonly type: 'TradingResumed';
  readonly data: {
    readonly haltId: string;
    readonly by: HaltParty;
    /** Who approved first; null where one is enough. */
    readonly approvedBy: HaltParty | null;
    readonly resumedAt: string;
  };
}

/** What is being done at the broker begins, for so many accounts; or goes on, when one has come to them that was not linked. */
export interface HaltUnderWay {
  readonly type: 'HaltUnderWay';
  readonly data: { readonly haltId: string; readonly accounts: number; readonly at: string };
}

/**
 * How far one account has come. `cancelling`: until no order in the scope is left anywhere. `flattening`: positions are
 * being closed. `waiting_for_open`: they will be when the market opens. `overdue`: it takes longer than it may, and a
 * person must look; the work goes on where it can. `done`: verified at the broker.
 */
export type HaltStage = 'cancelling' | 'flattening' | 'waiting_for_open' | 'overdue' | 'done';

export interface HaltReport {
  /** The orders, placed or known here, of which the cancel was asked for. */
  readonly orders: readonly string[];
  /** The same of orders at the broker that are not known here, by the broker's ids. */
  readonly elsewhere: readonly string[];
  /** The orders that close positions. */
  readonly closing: readonly { readonly orderId: string; readonly symbol: string; readonly quantity: string }[];
  /** What is left in the scope: open orders and positions at the broker, unfinished orders here. Null: not known. */
  readonly left: {
    readonly orders: number;
    readonly unfinished: number;
    readonly positions: readonly { readonly symbol: string; readonly quantity: string }[];
  } | null;
}

export interface HaltReported {
  readonly type: 'HaltReported';
  readonly data: {
    readonly haltId: string;
    readonly accountId: string;
    readonly stage: HaltStage;
    readonly report: HaltReport;
    readonly at: string;
  };
}

/** Everything that the halt asks for is done in every account, and verified at the broker. */
export interface HaltCarriedOut {
  readonly type: 'HaltCarriedOut';
  readonly data: { readonly haltId: string; readonly accounts: number; readonly at: string };
}

/** The user may halt and release beyond their own account. */
export interface OperatorAppointed {
  readonly type: 'OperatorAppointed';
  readonly data: { readonly userId: string; readonly appointedAt: string };
}

export interface OperatorDismissed {
  readonly type: 'OperatorDismissed';
  readonly data: { readonly userId: string; readonly dismissedAt: string };
}

export type KillSwitchEvent =
  | TradingHalted
  | HaltRenewed
  | ReleaseApproved
  | TradingResumed
  | HaltUnderWay
  | HaltReported
  | HaltCarriedOut
  | OperatorAppointed
  | OperatorDismissed;

/** A shape that must change gets the next version, and an upcaster for what is stored (src/adapters/stored-events). */
export const KILL_SWITCH_EVENT_VERSIONS: Readonly<Record<KillSwitchEvent['type'], number>> = {
  TradingHalted: 1,
  HaltRenewed: 1,
  ReleaseApproved: 1,
  TradingResumed: 1,
  HaltUnderWay: 1,
  HaltReported: 1,
  HaltCarriedOut: 1,
  OperatorAppointed: 1,
  OperatorDismissed: 1,
};

export const KILL_SWITCH_STREAM = 'kill-switch';
