/** What is wrong with a draft, field by field: what is missing, and what the broker would not take, in its table's words. */
import type { InstrumentFacts, OrderTraits, UnsupportedReason } from '../../../../contracts/capabilities.ts';
import type { Quote } from '../../../../contracts/market.ts';
import { add, compare, isDecimal, isMultipleOf, multiply, subtract } from '../../numbers/decimal.ts';
import { formatQuantity } from '../../numbers/format.ts';
import { closedWindow, hasPrice, priceStep, reasonsAgainst } from './broker-table.ts';
import { isPositive, ownPrice, plain, type Draft, type Table } from './draft.ts';

export type DraftField =
  | 'duration'
  | 'quantity'
  | 'limitPrice'
  | 'stopPrice'
  | 'trailPrice'
  | 'takeProfit'
  | 'stopLoss'
  /** What is about no field alone. */
  | 'order';
export type DraftErrors = Partial<Record<DraftField, string>>;

/** What a draft is held against; null for what is not known yet, which stands against nothing. */
export interface World {
  readonly table: Table;
  readonly instrument: InstrumentFacts | null;
  /** The largest quantity. */
  readonly most: string | null;
  /** Shares held, negative for a short position. */
  readonly position: string | null;
  readonly quote: Quote | null;
  /** The market's time. */
  readonly now: string | null;
}

export interface Checked {
  /** All that keeps the draft from being sent. The server has the last word. */
  readonly errors: DraftErrors;
  /** What is told while the draft is still being written: choices that do not go together. */
  readonly atOnce: DraftErrors;
}

export function checkDraft(draft: Draft, world: World): Checked {
  const atOnce = inFields(world, [...traitReasons(draft, world), ...momentReasons(draft, world)]);
  const figures = inFields(world, [...sizeReasons(draft, world), ...stopReasons(draft, world)]);
  return { errors: { ...exitErrors(draft, world), ...figures, ...atOnce, ...entryErrors(draft, world) }, atOnce };
}

/** Where a reason is told; the others are about the order as a whole. */
const FIELD_OF: Partial<Record<UnsupportedReason, DraftField>> = {
  time_in_force_order_type: 'duration',
  opening_order_window: 'duration',
  closing_order_window: 'duration',
  quantity_step: 'quantity',
  fraction_needs_day_order: 'quantity',
  fraction_order_type: 'quantity',
  fraction_of_this_instrument: 'quantity',
  fraction_in_extended_hours: 'quantity',
  fraction_too_small: 'quantity',
  bracket_whole_shares: 'quantity',
  short_whole_shares: 'quantity',
  position_flip: 'quantity',
  stop_beyond_market: 'stopPrice',
};

/** The first reason of each field, in the words of the table. */
function inFields({ table }: World, reasons: readonly UnsupportedReason[]): DraftErrors {
  const errors: DraftErrors = {};
  for (const reason of reasons) errors[FIELD_OF[reason] ?? 'order'] ??= table.words[reason];
  return errors;
}

// --- What was entered ---

function entryErrors(draft: Draft, { table, most }: World): DraftErrors {
  const prices: [DraftField, string, boolean][] = [
    ['limitPrice', draft.limitPrice, hasPrice(table, draft.type, 'limit')],
    ['stopPrice', draft.stopPrice, hasPrice(table, draft.type, 'stop')],
    ['trailPrice', draft.trailPrice, hasPrice(table, draft.type, 'trail')],
    ['takeProfit', draft.takeProfit, draft.bracket],
    ['stopLoss', draft.stopLoss, draft.bracket],
  ];
  const found: [DraftField, string | null][] = [
    ['quantity', quantityError(plain(draft.quantity), most)],
    ...prices
      .filter(([, , isWanted]) => isWanted)
      .map(([field, typed]): [DraftField, string | null] => [field, priceError(table, field, plain(typed))]),
  ];
  return Object.fromEntries(found.filter(([, error]) => error !== null));
}

function quantityError(text: string, most: string | null): string | null {
  if (text === '') return 'Enter a quantity';
  if (!isPositive(text)) return 'Enter a number greater than 0';
  return most !== null && compare(text, most) > 0 ? `At most ${formatQuantity(most)}` : null;
}

/** The distance of a trailing stop is told to the server in cents. */
const TRAIL_STEP = '0.01';

function priceError(table: Table, field: DraftField, text: string): string | null {
  if (text === '') return field === 'trailPrice' ? 'Enter a distance' : 'Enter a price';
  if (!isPositive(text)) return 'Enter a number greater than 0';
  if (!isMultipleOf(text, priceStep(table, text))) return table.words.price_step;
  return field === 'trailPrice' && !isMultipleOf(text, TRAIL_STEP) ? `In steps of ${TRAIL_STEP}` : null;
}

// --- What the broker would not take ---

const isFraction = (quantity: string): boolean => isPositive(quantity) && !isMultipleOf(quantity, '1');

/** Opening or closing; null while the position is not known. */
function effectOf({ side }: Draft, position: string | null): OrderTraits['effect'] | null {
  if (position === null) return null;
  const held = compare(position, '0');
  if (side === 'buy') return held < 0 ? 'closes' : 'opens_long';
  return held > 0 ? 'closes' : 'opens_short';
}

/** What of the draft the rules about combinations look at, as far as it is known. */
export function traitsOf(draft: Draft, { instrument, position }: World): Partial<OrderTraits> {
  const quantity = plain(draft.quantity);
  const effect = effectOf(draft, position);
  return {
    type: draft.type,
    timeInForce: draft.duration,
    hours: draft.extendedHours ? 'extended' : 'regular',
    exits: draft.bracket ? 'both' : 'none',
    ...(isPositive(quantity) && { size: isFraction(quantity) ? 'fraction' : 'whole' }),
    ...(effect !== null && { effect }),
    ...(instrument !== null && {
      fractions: fractionsOf(instrument),
      borrowing: instrument.shortable ? 'possible' : 'impossible',
    }),
  };
}

function fractionsOf(instrument: InstrumentFacts): OrderTraits['fractions'] {
  if (!instrument.fractionable) return 'never';
  return instrument.fractionableInExtendedHours ? 'all_hours' : 'regular_hours';
}

const traitReasons = (draft: Draft, world: World): UnsupportedReason[] =>
  reasonsAgainst(world.table, traitsOf(draft, world));

function momentReasons(draft: Draft, { table, instrument, now }: World): UnsupportedReason[] {
  const closed = now === null ? null : closedWindow(table, draft.duration, now);
  return [
    ...(instrument?.tradable === false ? (['instrument_not_tradable'] as const) : []),
    ...(closed === null ? [] : [closed]),
  ];
}

function sizeReasons(draft: Draft, { table, quote, position }: World): UnsupportedReason[] {
  const quantity = plain(draft.quantity);
  if (!isPositive(quantity)) return [];
  const reasons: UnsupportedReason[] = [];
  if (!isMultipleOf(quantity, table.quantityStep)) reasons.push('quantity_step');
  const limit = hasPrice(table, draft.type, 'limit') ? plain(draft.limitPrice) : '';
  const dearest = isPositive(limit) ? limit : sideOf(quote, 'ask');
  const isSmall = dearest !== null && compare(multiply(quantity, dearest), table.smallestFractionValue) < 0;
  if (isFraction(quantity) && isSmall) reasons.push('fraction_too_small');
  const held = position?.replace('-', '') ?? '0';
  if (effectOf(draft, position) === 'closes' && !table.flips && compare(quantity, held) > 0) {
    reasons.push('position_flip');
  }
  return reasons;
}

/** A buy stop lies above the market, a sell stop below. Within the spread the broker decides. */
function stopReasons(draft: Draft, { table, quote }: World): UnsupportedReason[] {
  const stop = plain(draft.stopPrice);
  const market = sideOf(quote, draft.side === 'buy' ? 'bid' : 'ask');
  if (!hasPrice(table, draft.type, 'stop') || !isPositive(stop) || market === null) return [];
  return compare(stop, market) * (draft.side === 'buy' ? 1 : -1) <= 0 ? ['stop_beyond_market'] : [];
}

/** The exits of a bracket, on their sides of each other and of the entry: told where the wrong one stands. */
function exitErrors(draft: Draft, { table, quote }: World): DraftErrors {
  const [profit, loss] = [plain(draft.takeProfit), plain(draft.stopLoss)];
  if (!draft.bracket || !isPositive(profit) || !isPositive(loss)) return {};
  const [above, below] =
    draft.side === 'buy' ? (['takeProfit', 'stopLoss'] as const) : (['stopLoss', 'takeProfit'] as const);
  const [upper, lower] = draft.side === 'buy' ? [profit, loss] : [loss, profit];
  const { bracket_exits_reversed: reversed, bracket_exit_too_near: near } = table.words;
  if (compare(upper, lower) <= 0) return { takeProfit: reversed, stopLoss: reversed };
  const own = ownPrice(table, draft);
  const [lowest, highest] = own === null ? [sideOf(quote, 'bid'), sideOf(quote, 'ask')] : [own, own];
  return {
    ...(lowest !== null && compare(upper, add(lowest, table.bracketDistance)) < 0 && { [above]: near }),
    ...(highest !== null && compare(lower, subtract(highest, table.bracketDistance)) > 0 && { [below]: near }),
  };
}

/** One side of the quote; null where nobody quotes. */
const sideOf = (quote: Quote | null, side: 'bid' | 'ask'): string | null =>
  quote !== null && isDecimal(quote[side]) && isPositive(quote[side]) ? quote[side] : null;
