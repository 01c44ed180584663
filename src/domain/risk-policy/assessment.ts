/** What an assessment of an order looks at, and what it can find against it. Stored inside the events of the risk engine. */

export type RuleName =
  | 'disclaimer'
  | 'terms'
  | 'broker_link'
  | 'account_blocked'
  | 'trading_halted'
  | 'overfill'
  | 'repeated_execution'
  | 'trades_left'
  | 'instrument_state'
  | 'largest_order_value'
  | 'largest_order_quantity'
  | 'largest_position'
  | 'largest_exposure'
  | 'open_orders'
  | 'daily_loss'
  | 'position_flip'
  | 'short_sale'
  | 'buying_power'
  | 'margin'
  | 'protection_required'
  | 'price_collar'
  | 'fresh_quote'
  | 'duplicate_order'
  | 'order_rate'
  | 'key_rate'
  /** For orders of the kill switch, in place of all others. */
  | 'reduce_only'
  | 'position_mismatch';

/** Why one rule stands against an order: what it allows, and what would have been. */
export interface Breach {
  readonly rule: RuleName;
  readonly limit: string | null;
  readonly actual: string | null;
  readonly unit: 'USD' | 'shares' | 'percent' | 'seconds' | 'trades' | 'orders' | null;
  /** Which part of the rule it was, where it has several, as a stable word; of a halt, its scope and reason in words. */
  readonly detail: string | null;
}

/** A halt that stops an order (kill-switch/events.ts), in words. */
export interface HaltNotice {
  readonly haltId: string;
  readonly level: 'halted' | 'reducing';
  /** Such as `everything`, `broker alpaca`, `account`, `symbol AAPL`. */
  readonly scope: string;
  readonly reason: string;
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
  /** Those in force for the account: of the table for its profile and plan, tightened by its trader. */
  readonly limits: RiskLimits;
  readonly halts: readonly HaltNotice[];
  /** The broker's account as it was read at a time of our clock; null when there was none to read. */
  readonly account: BrokerFigures | null;
  readonly instrument: {
    readonly fractionable: boolean;
    readonly shortable: boolean;
    readonly tradable: boolean;
  } | null;
  /** Of every symbol that is held, on its way, or was traded today, where somebody prices it. */
  readonly marks: readonly Mark[];
  /** The trader says that it is meant, though it is like another one. */
  readonly confirmed: boolean;
  /** The broker's margin rule of the day. */
  readonly margin: {
    readonly effectiveFrom: string;
    /** Below it nothing is lent and nothing can be sold short. */
    readonly minimumEquity: string;
    /** How many times the equity all positions may be worth. */
    readonly largestPositionsToEquity: string;
  } | null;
  /** What the broker holds of the symbol, negative for a short position, where it was asked because it may know more. */
  readonly positionAtBroker: string | null;
}

/** Dollars as text. */
export interface BrokerFigures {
  readonly buyingPower: string;
  readonly equity: string;
  readonly cash: string;
  readonly shortingEnabled: boolean;
  /** Whether the broker lets the account trade at all. */
  readonly mayTrade: boolean;
  readonly at: string;
}

/** `previousClose`: of the trading day before; null where nobody tells it. */
export interface Mark {
  readonly symbol: string;
  readonly price: string;
  readonly previousClose: string | null;
}

/** Limits of orders and accounts; null: there is none of the kind. Dollars, shares and per cents as text. */
export interface RiskLimits {
  /** Since when this table is in force. */
  readonly effectiveFrom: string;
  readonly largestOrderValue: string;
  readonly largestOrderQuantity: string;
  readonly largestPositionValue: string;
  /** All positions and all orders on their way together. */
  readonly largestExposure: string | null;
  readonly mostOpenOrders: number | null;
  readonly dailyLoss: string;
  /** How far a limit price may be on the side that trades at once, and on the side that waits. */
  readonly collarAggressivePercent: string;
  readonly collarPassivePercent: string;
  readonly collarStopPercent: string;
  readonly quoteAgeSeconds: number;
  /** For so long an order like the last one must be confirmed. */
  readonly duplicateWithinSeconds: number | null;
  /** Orders and changes of one account. */
  readonly mostOrdersInTenSeconds: number | null;
  /** Orders and changes under one key at the broker, which has other requests to carry too. */
  readonly mostOrdersInAMinute: number | null;
  /** Orders in one symbol on one side. */
  readonly mostRepetitionsInAMinute: number | null;
  readonly shortSelling: boolean;
  /** Whether an order that opens a position must bring its stop loss and its take profit. */
  readonly protectionRequired: boolean;
  /** How far from the entry the exits are proposed. */
  readonly stopLossPercent: string | null;
  readonly takeProfitPercent: string | null;
}
