/**
 * A holding of one symbol as lots, first in first out: what was bought (or sold short), at which price, and what
 * closing it realized.
 */
import { NO_MONEY, NO_QUANTITY, absolute, minus, negated, perShare, plus, smaller, value } from './decimal.ts';
import type { Money, Price, Quantity } from './decimal.ts';

export type Side = 'buy' | 'sell';

/** `quantity` is negative for shares sold short. Never zero. */
export interface Lot {
  readonly quantity: Quantity;
  readonly price: Price;
  /** The order that opened it; null for what was held before. */
  readonly orderId: string | null;
}

/** Oldest first; all lots of a holding have the same sign. */
export type Holding = readonly Lot[];

export const FLAT: Holding = [];

export interface Booking {
  readonly holding: Holding;
  /** Gained or lost by the part of the execution that closed older lots. */
  readonly realized: Money;
  /** How many shares of the execution closed older lots. */
  readonly closed: Quantity;
  /** The lots, or parts of them, that it closed; oldest first. */
  readonly closedLots: readonly Lot[];
}

/** Books one execution: it closes the oldest lots of the other sign first, and opens a lot with what is left. */
export function book(
  holding: Holding,
  side: Side,
  shares: Quantity,
  at: Price,
  orderId: string | null = null,
): Booking {
  const lots = [...holding];
  const closedLots: Lot[] = [];
  let left = shares;
  for (let oldest = lots[0]; oldest !== undefined && left > 0n; oldest = lots[0]) {
    if (isLong(oldest) === (side === 'buy')) break;
    const closing = smaller(absolute(oldest.quantity), left);
    closedLots.push(sized(oldest, closing));
    left = minus(left, closing);
    const remains = minus(absolute(oldest.quantity), closing);
    if (remains === 0n) lots.shift();
    else lots[0] = sized(oldest, remains);
  }
  if (left > 0n) lots.push({ quantity: side === 'buy' ? left : negated(left), price: at, orderId });
  return { holding: lots, realized: gainOf(closedLots, at), closed: minus(shares, left), closedLots };
}

/** A booked execution that is to be taken back. */
export interface Booked {
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly orderId: string | null;
  readonly closedLots: readonly Lot[];
}

/**
 * Takes a booked execution back. The lot that it opened goes, its order's own and the newest first; what of it was closed
 * meanwhile goes as if the shares went back at their price. The lots that it closed come back at what they had cost, as
 * the oldest. `realized` is what all that adds to the realized profit: its own is taken back exactly.
 */
export function unbook(holding: Holding, booked: Booked): { readonly holding: Holding; readonly realized: Money } {
  const { side, price: at, orderId, closedLots } = booked;
  const closed = closedLots.reduce((total, lot) => plus(total, absolute(lot.quantity)), NO_QUANTITY);
  let realized = negated(gainOf(closedLots, at));
  const without = withoutOpened(holding, booked, minus(booked.quantity, closed));
  let lots = without.holding;
  if (without.missing > 0n) {
    const undone = book(lots, side === 'buy' ? 'sell' : 'buy', without.missing, at, orderId);
    realized = plus(realized, undone.realized);
    lots = undone.holding;
  }
  const [first] = closedLots;
  if (first === undefined) return { holding: lots, realized };
  if (lots[0] === undefined || isLong(lots[0]) === isLong(first))
    return { holding: joined(closedLots, lots), realized };
  for (const lot of closedLots) {
    const returned = book(lots, isLong(lot) ? 'buy' : 'sell', absolute(lot.quantity), lot.price, lot.orderId);
    realized = plus(realized, returned.realized);
    lots = returned.holding;
  }
  return { holding: lots, realized };
}

/** Takes the lot of an execution out: from its order's lots at its price, then from any others at that price. */
function withoutOpened(
  holding: Holding,
  { side, price: at, orderId }: Booked,
  opened: Quantity,
): { readonly holding: Holding; readonly missing: Quantity } {
  let missing = opened;
  const lots: (Lot | null)[] = [...holding];
  const take = (isMeant: (lot: Lot) => boolean): void => {
    for (let index = lots.length - 1; index >= 0 && missing > 0n; index -= 1) {
      const lot = lots[index];
      if (!lot || isLong(lot) !== (side === 'buy') || lot.price !== at || !isMeant(lot)) continue;
      const taken = smaller(absolute(lot.quantity), missing);
      missing = minus(missing, taken);
      const remains = minus(absolute(lot.quantity), taken);
      lots[index] = remains === 0n ? null : sized(lot, remains);
    }
  };
  take((lot) => lot.orderId === orderId);
  take(() => true);
  return { holding: lots.filter((lot) => lot !== null), missing };
}

/** Older lots before newer ones; two parts of what was one lot become one again. */
function joined(older: readonly Lot[], newer: Holding): Holding {
  const [last, next] = [older.at(-1), newer[0]];
  if (last === undefined || next === undefined || last.price !== next.price || last.orderId !== next.orderId) {
    return [...older, ...newer];
  }
  return [...older.slice(0, -1), { ...last, quantity: plus(last.quantity, next.quantity) }, ...newer.slice(1)];
}

const isLong = (lot: Lot): boolean => lot.quantity > 0n;

/** A part of a lot: `shares` without a sign. */
const sized = (lot: Lot, shares: Quantity): Lot => ({ ...lot, quantity: isLong(lot) ? shares : negated(shares) });

/** What closing these lots at one price gains. */
const gainOf = (lots: readonly Lot[], at: Price): Money =>
  lots.reduce((total, lot) => plus(total, value(minus(at, lot.price), lot.quantity)), NO_MONEY);

/** Shares held: negative when short. */
export const netQuantity = (holding: Holding): Quantity =>
  holding.reduce((total, lot) => plus(total, lot.quantity), NO_QUANTITY);

/** Shares held of those that an order opened: negative when short. */
export const openedBy = (holding: Holding, orderId: string): Quantity =>
  netQuantity(holding.filter((lot) => lot.orderId === orderId));

/** What the open lots cost: negative when short. */
export const costBasis = (holding: Holding): Money =>
  holding.reduce((total, lot) => plus(total, value(lot.price, lot.quantity)), NO_MONEY);

/** The average price of the open lots; null when flat. */
export const averagePrice = (holding: Holding): Price | null =>
  holding.length === 0 ? null : perShare(costBasis(holding), netQuantity(holding));

/** What closing the open lots at `mark` would realize. */
export const unrealized = (holding: Holding, mark: Price): Money =>
  minus(value(mark, netQuantity(holding)), costBasis(holding));
