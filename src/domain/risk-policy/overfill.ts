/**
 * What was executed too much: the shares are real, so they are booked, and nothing makes a position larger before a person
 * has looked. Too much of one order stops the account, exits that have executed too much stop their symbol.
 */
import { quantity } from '../kernel/decimal.ts';
import type { Quantity } from '../kernel/decimal.ts';
import { added } from '../kernel/maps.ts';
import type { OverfillCleared, OverfillFound } from './events.ts';

type Found = OverfillFound['data'];

export interface Overfill extends Pick<Found, 'orderId' | 'symbol' | 'cause'> {
  readonly excess: Quantity;
  readonly cleared: boolean;
}

/** By order and cause; cleared ones stay known, so that what a person has seen is not found again. */
export type Overfills = ReadonlyMap<string, Overfill>;

export const NO_OVERFILLS: Overfills = new Map();

const keyOf = ({ orderId, cause }: Pick<Found, 'orderId' | 'cause'>): string => `${orderId} ${cause}`;

export const overfillsWith = (overfills: Overfills, found: Found): Overfills =>
  added(overfills, keyOf(found), { ...found, excess: quantity(found.excess), cleared: false });

export const overfillsCleared = (overfills: Overfills, orderId: string): Overfills =>
  new Map([...overfills].map(([key, each]) => [key, each.orderId === orderId ? { ...each, cleared: true } : each]));

/** Only more than was found before is news, also after it was cleared. */
export function findOverfill(overfills: Overfills, found: Found): readonly OverfillFound[] {
  const known = overfills.get(keyOf(found));
  if (quantity(found.excess) <= (known?.excess ?? 0n)) return [];
  return [{ type: 'OverfillFound', data: found }];
}

/** Whether more was ever executed of an order, or of its exits, than was ordered. */
export const hasOverfill = (overfills: Overfills, orderId: string): boolean =>
  [...overfills.values()].some((each) => each.orderId === orderId);

/** Nothing for an order whose overfill is cleared already. */
export function clearOverfill(
  overfills: Overfills,
  { orderId, clearedBy, at }: { readonly orderId: string; readonly clearedBy: string; readonly at: string },
): readonly OverfillCleared[] {
  const standing = standingOverfills(overfills).find((each) => each.orderId === orderId);
  if (standing === undefined) return [];
  return [{ type: 'OverfillCleared', data: { orderId, symbol: standing.symbol, clearedBy, clearedAt: at } }];
}

/** What no person has looked at yet. */
export const standingOverfills = (overfills: Overfills): readonly Overfill[] =>
  [...overfills.values()].filter(({ cleared }) => !cleared);

/** What stands against orders in a symbol that could make a position larger. */
export const standingAgainst = (overfills: Overfills, symbol: string): Overfill | undefined =>
  standingOverfills(overfills).find((each) => each.cause === 'order' || each.symbol === symbol);
