/** What the broker takes: the table that the server decides by, and the ticket reads. */
import { z } from 'zod';
import { decimalText, symbolText } from './text.ts';

/** Codes of reasons why the broker does not take an order, or a change of one: stable words. */
export const unsupportedReason = z
  .enum([
    'order_type_not_taken',
    'time_in_force_not_taken',
    'limit_price_missing',
    'stop_price_missing',
    'trail_price_missing',
    'price_not_used',
    'price_step',
    'quantity_step',
    'fraction_needs_day_order',
    'fraction_order_type',
    'fraction_of_this_instrument',
    'fraction_in_extended_hours',
    'fraction_too_small',
    'time_in_force_order_type',
    'extended_hours_need_limit_day',
    'bracket_needs_both_exits',
    'bracket_time_in_force',
    'bracket_whole_shares',
    'bracket_order_type',
    'bracket_entry_only',
    'bracket_exits_reversed',
    'bracket_exit_too_near',
    'stop_beyond_market',
    'short_whole_shares',
    'short_not_borrowable',
    'position_flip',
    'opening_order_window',
    'closing_order_window',
    'instrument_not_tradable',
    'change_not_taken',
    'change_whole_shares',
  ])
  .meta({ id: 'UnsupportedReason' });
export type UnsupportedReason = z.infer<typeof unsupportedReason>;

export const ticketType = z.enum(['market', 'limit', 'stop', 'stop_limit', 'trailing_stop']);
export const timeInForce = z.enum(['day', 'gtc', 'ioc', 'fok', 'opg', 'cls']);

/** What the rules about combinations look at: of the order, of what it does to the position, of the instrument. */
export const orderTraits = z.object({
  type: ticketType,
  timeInForce,
  size: z.enum(['whole', 'fraction']),
  hours: z.enum(['regular', 'extended']),
  exits: z.enum(['none', 'one', 'both']),
  effect: z.enum(['opens_long', 'opens_short', 'closes']),
  /** When a fraction of a share of the instrument can be traded. */
  fractions: z.enum(['never', 'regular_hours', 'all_hours']),
  borrowing: z.enum(['possible', 'impossible']),
});
export type OrderTraits = z.infer<typeof orderTraits>;

const { type, size, hours, exits, effect, fractions, borrowing } = orderTraits.shape;
/** Some values of some traits. */
const traitValues = z
  .object({
    type: z.array(type),
    timeInForce: z.array(timeInForce),
    size: z.array(size),
    hours: z.array(hours),
    exits: z.array(exits),
    effect: z.array(effect),
    fractions: z.array(fractions),
    borrowing: z.array(borrowing),
  })
  .partial()
  .meta({ id: 'TraitValues' });
export type TraitValues = z.infer<typeof traitValues>;

/** A time of day in New York, such as `09:28`. */
const wallTime = z.string().regex(/^\d{2}:\d{2}$/);

export const brokerCapabilities = z
  .object({
    broker: z.string(),
    /** The order types that are taken, with the prices that each must have; others it must not have. */
    orderTypes: z.array(z.object({ type, prices: z.array(z.enum(['limit', 'stop', 'trail'])) })),
    timesInForce: z.array(z.object({ timeInForce, title: z.string() })),
    /** Orders that have all the traits of `of` must have those of `only` too. */
    combinations: z.array(z.object({ of: traitValues, only: traitValues, reason: unsupportedReason })),
    /** The step of prices from a price on, ascending. */
    priceSteps: z.array(z.object({ from: decimalText, step: decimalText })),
    quantityStep: decimalText,
    /** Dollars that an order for a fraction of a share must be worth. */
    smallestFractionValue: decimalText,
    /** Dollars between the entry of a bracket and each of its exits, at least. */
    bracketDistance: decimalText,
    /** Whether one order may turn a position round, instead of closing it at most. */
    flips: z.boolean(),
    /** When orders with a time in force are turned down on weekdays. */
    orderWindows: z.array(
      z.object({ timeInForce, closedFrom: wallTime, closedUntil: wallTime, reason: unsupportedReason }),
    ),
    /** What may be changed of a working order; null: nothing. */
    replacement: z
      .object({
        terms: z.array(z.enum(['quantity', 'limitPrice', 'stopPrice', 'timeInForce'])),
        wholeSharesOnly: z.boolean(),
      })
      .nullable(),
    longestClientOrderId: z.int(),
    /** What margin is demanded from a day on, the newest last. */
    margin: z.array(
      z.object({
        effectiveFrom: z.iso.date(),
        kind: z.enum(['margin', 'intraday_margin']),
        minimumEquity: decimalText,
        largestPositionsToEquity: decimalText,
        deficit: z
          .object({ dueInBusinessDays: z.int(), frozenAfterBusinessDays: z.int(), frozenForDays: z.int() })
          .nullable(),
      }),
    ),
    /** Each reason in one sentence for the trader. */
    words: z.record(unsupportedReason, z.string()),
  })
  .meta({ id: 'BrokerCapabilities' });
export type BrokerCapabilities = z.infer<typeof brokerCapabilities>;

/** What can be done with one instrument. */
export const instrumentFacts = z
  .object({
    symbol: symbolText,
    name: z.string(),
    tradable: z.boolean(),
    fractionable: z.boolean(),
    fractionableInExtendedHours: z.boolean(),
    shortable: z.boolean(),
  })
  .meta({ id: 'InstrumentFacts' });
export type InstrumentFacts = z.infer<typeof instrumentFacts>;
export const instrumentQuery = z.object({ symbol: symbolText });
