/**
 * What a broker takes, as data: every broker has one table of this shape beside its adapter. `unsupported.ts` reads it
 * for the server, and the ticket reads the same table, so that neither offers what the broker would turn down.
 */
import type { OrderTerms, OrderType, TimeInForce } from './events.ts';

/** Why a broker does not take an order, or a change of one. Stable words: programs may depend on them. */
export type UnsupportedReason =
  | 'order_type_not_taken'
  | 'time_in_force_not_taken'
  | 'limit_price_missing'
  | 'stop_price_missing'
  | 'trail_price_missing'
  | 'price_not_used'
  | 'price_step'
  | 'quantity_step'
  | 'fraction_needs_day_order'
  | 'fraction_order_type'
  | 'fraction_of_this_instrument'
  | 'fraction_in_extended_hours'
  | 'fraction_too_small'
  | 'time_in_force_order_type'
  | 'extended_hours_need_limit_day'
  | 'bracket_needs_both_exits'
  | 'bracket_time_in_force'
  | 'bracket_whole_shares'
  | 'bracket_order_type'
  | 'bracket_entry_only'
  | 'bracket_exits_reversed'
  | 'bracket_exit_too_near'
  | 'stop_beyond_market'
  | 'short_whole_shares'
  | 'short_not_borrowable'
  | 'position_flip'
  | 'opening_order_window'
  | 'closing_order_window'
  | 'instrument_not_tradable'
  | 'change_not_taken'
  | 'change_whole_shares';

/** What the rules about combinations look at: of the order itself, of what it does to the position, of the instrument. */
export interface OrderTraits {
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly size: 'whole' | 'fraction';
  readonly hours: 'regular' | 'extended';
  readonly exits: 'none' | 'one' | 'both';
  readonly effect: 'opens_long' | 'opens_short' | 'closes';
  /** When a fraction of a share of the instrument can be traded. */
  readonly fractions: 'never' | 'regular_hours' | 'all_hours';
  /** Whether shares of it can be borrowed, to be sold short. */
  readonly borrowing: 'possible' | 'impossible';
}

/** Some values of some traits. */
export type TraitValues = { readonly [Trait in keyof OrderTraits]?: readonly OrderTraits[Trait][] };

/** Orders that have all the traits of `of` must have those of `only` too. */
export interface Combination {
  readonly of: TraitValues;
  readonly only: TraitValues;
  readonly reason: UnsupportedReason;
}

export type PriceName = 'limit' | 'stop' | 'trail';

/** What margin the broker demands from a day on. */
export interface MarginRule {
  readonly effectiveFrom: string;
  readonly kind: 'margin' | 'intraday_margin';
  /** Dollars of equity below which nothing is lent and nothing can be sold short. */
  readonly minimumEquity: string;
  /** How many times the equity all positions may be worth; beyond that they can only be made smaller. */
  readonly largestPositionsToEquity: string;
  /** What follows when the margin is missing, in days; null where the broker says nothing of it. */
  readonly deficit: {
    readonly dueInBusinessDays: number;
    readonly frozenAfterBusinessDays: number;
    readonly frozenForDays: number;
  } | null;
}

export interface BrokerCapabilities {
  readonly broker: string;
  /** The order types that are taken, with the prices that each must have; others it must not have. */
  readonly orderTypes: readonly { readonly type: OrderType; readonly prices: readonly PriceName[] }[];
  readonly timesInForce: readonly TimeInForce[];
  readonly combinations: readonly Combination[];
  /** The step of prices from a price on; ascending, the first from 0. */
  readonly priceSteps: readonly { readonly from: string; readonly step: string }[];
  readonly quantityStep: string;
  /** Dollars that an order for a fraction of a share must be worth. */
  readonly smallestFractionValue: string;
  /** Dollars between the entry of a bracket and each of its exits, at least. */
  readonly bracketDistance: string;
  /** Whether one order may turn a position round, instead of closing it at most. */
  readonly flips: boolean;
  /** When orders with a time in force are turned down on weekdays, in New York's time: `09:28`. */
  readonly orderWindows: readonly {
    readonly timeInForce: TimeInForce;
    readonly closedFrom: string;
    readonly closedUntil: string;
    readonly reason: UnsupportedReason;
  }[];
  /** What may be changed of a working order; null: nothing. */
  readonly replacement: {
    readonly terms: readonly (keyof OrderTerms)[];
    readonly wholeSharesOnly: boolean;
  } | null;
  readonly longestClientOrderId: number;
  /** Dated, the newest last. */
  readonly margin: readonly MarginRule[];
}

/** The margin rule in force on a trading day; null before the first one. */
export const marginRuleOn = ({ margin }: BrokerCapabilities, tradingDay: string): MarginRule | null =>
  margin.filter(({ effectiveFrom }) => effectiveFrom <= tradingDay).at(-1) ?? null;
