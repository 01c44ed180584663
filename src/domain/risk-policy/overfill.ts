/**
 * What was executed too much: the shares are real, so they are booked, and nothing makes a position larger before a person
 * has looked. Too much of one order stops the account, exits that have executed too much stop their symbol.
 */
import { accept, refuse } from '../kernel/decider.ts';
import type { Decision } from '../kernel/decider.ts';
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

export function overfillsCleared(overfills: Overfills, { orderId, cause }: OverfillCleared['data']): Overfills {
  const isMeant = (each: Overfill): boolean => each.orderId === orderId && (cause === null || each.cause === cause);
  return new Map([...overfills].map(([key, each]) => [key, isMeant(each) ? { ...each, cleared: true } : each]));
}

/** Only more than was found before is news, also after it was cleared. */
export function findOverfill(overfills: Overfills, found: Found): readonly OverfillFound[] {
  const known = overfills.get(keyOf(found));
  if (quantity(found.excess) <= (known?.excess ?? 0n)) return [];
  return [{ type: 'OverfillFound', data: found }];
}

export interface ClearOverfill {
  readonly type: 'ClearOverfill';
  readonly orderId: string;
  readonly cause: Found['cause'];
  /** Shares too many, as the person has seen them. */
  readonly excess: string;
  readonly clearedBy: string;
  readonly at: string;
}

export type OverfillRefusal =
  /** Nothing was found of the order, or not by that cause. */
  | { readonly code: 'order_unknown' }
  /** By now it is more than the person has seen. */
  | { readonly code: 'overfill_changed' };

/** A person has looked at as much as was found, and at that cause alone; nothing is recorded where somebody had before. */
export function clearOverfill(
  overfills: Overfills,
  { orderId, cause, excess, clearedBy, at }: ClearOverfill,
): Decision<OverfillCleared, OverfillRefusal> {
  const known = overfills.get(keyOf({ orderId, cause }));
  if (known === undefined) return refuse({ code: 'order_unknown' });
  if (known.excess !== quantity(excess)) return refuse({ code: 'overfill_changed' });
  if (known.cleared) return accept();
  return accept({ type: 'OverfillCleared', data: { orderId, symbol: known.symbol, cause, clearedBy, clearedAt: at } });
}

/** What no person has looked at yet. */
export const standingOverfills = (overfills: Overfills): readonly Overfill[] =>
  [...overfills.values()].filter(({ cleared }) => !cleared);

/** What stands against orders in a symbol that could make a position larger. */
export const standingAgainst = (overfills: Overfills, symbol: string): Overfill | undefined =>
  standingOverfills(overfills).find((each) => each.cause === 'order' || each.symbol === symbol);
