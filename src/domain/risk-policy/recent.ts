/**
 * The orders and changes that were admitted of late, for the rules that count them. Two generations of a list, newest
 * first: the older one is let go as a whole, so that an account costs the same however many orders it ever had.
 */
import type { OrderTicket } from '../order/events.ts';

export interface RecentOrder {
  readonly kind: 'order' | 'change';
  /** Milliseconds since the epoch, by our clock. */
  readonly at: number;
  /** A change has the changed terms. */
  readonly ticket: OrderTicket;
}

interface Entry {
  readonly order: RecentOrder;
  readonly older: Entry | null;
}

export interface RecentOrders {
  /** When the first of the newer generation was admitted, and how many are in it. */
  readonly since: number;
  readonly count: number;
  readonly newer: Entry | null;
  readonly older: Entry | null;
}

export const NO_RECENT_ORDERS: RecentOrders = { since: 0, count: 0, newer: null, older: null };

/** The longest time that a rule looks back. */
const LOOK_BACK_MS = 60_000;
/** More than can be admitted meanwhile. After a clock was set back, time alone would let nothing go for as long. */
const MOST_IN_A_GENERATION = 10_000;

/** Adds the newest one. */
export function remember(recent: RecentOrders, order: RecentOrder): RecentOrders {
  const isOver = order.at - recent.since > LOOK_BACK_MS || recent.count >= MOST_IN_A_GENERATION;
  if (recent.newer === null || isOver) {
    return { since: order.at, count: 1, newer: { order, older: null }, older: recent.newer };
  }
  return { ...recent, count: recent.count + 1, newer: { order, older: recent.newer } };
}

/**
 * Those admitted less than so many milliseconds from a moment, newest first. Clocks of two processes differ a little, so
 * what seems to lie ahead counts as well.
 */
export function* recentOrders(recent: RecentOrders, at: number, withinMs: number): Generator<RecentOrder> {
  for (const generation of [recent.newer, recent.older]) {
    for (let entry = generation; entry !== null; entry = entry.older) {
      if (Math.abs(at - entry.order.at) < withinMs) yield entry.order;
    }
  }
}
