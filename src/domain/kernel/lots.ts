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
}

/** Books one execution: it closes the oldest lots of the other sign first, and opens a lot with what is left. */
export function book(holding: Holding, side: Side, shares: Quantity, at: Price): Booking {
  const lots = [...holding];
  let left = shares;
  let realized = NO_MONEY;
  const closesSign = side === 'buy' ? -1n : 1n;
  for (let oldest = lots[0]; oldest !== undefined && left > 0n; oldest = lots[0]) {
    if (oldest.quantity > 0n !== closesSign > 0n) break;
    const closing = smaller(absolute(oldest.quantity), left);
    const gainPerShare = side === 'sell' ? minus(at, oldest.price) : minus(oldest.price, at);
    realized = plus(realized, value(gainPerShare, closing));
    left = minus(left, closing);
    const remains = minus(absolute(oldest.quantity), closing);
    if (remains === 0n) lots.shift();
    else lots[0] = { quantity: oldest.quantity > 0n ? remains : negated(remains), price: oldest.price };
  }
  if (left > 0n) lots.push({ quantity: side === 'buy' ? left : negated(left), price: at });
  return { holding: lots, realized, closed: minus(shares, left) };
}

/** Shares held: negative when short. */
export const netQuantity = (holding: Holding): Quantity =>
  holding.reduce((total, lot) => plus(total, lot.quantity), NO_QUANTITY);

/** What the open lots cost: negative when short. */
export const costBasis = (holding: Holding): Money =>
  holding.reduce((total, lot) => plus(total, value(lot.price, lot.quantity)), NO_MONEY);

/** The average price of the open lots; null when flat. */
export const averagePrice = (holding: Holding): Price | null =>
  holding.length === 0 ? null : perShare(costBasis(holding), netQuantity(holding));

/** What closing the open lots at `mark` would realize. */
export const unrealized = (holding: Holding, mark: Price): Money =>
  minus(value(mark, netQuantity(holding)), costBasis(holding));
