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
  /** When the first of the newer generation was admitted. */
  readonly since: number;
  readonly newer: Entry | null;
  readonly older: Entry | null;
}

export const NO_RECENT_ORDERS: RecentOrders = { since: 0, newer: null, older: null };

/** The longest time that a rule looks back. */
const LOOK_BACK_MS = 60_000;

/** Adds the newest one. */
export function remember(recent: RecentOrders, order: RecentOrder): RecentOrders {
  // Also when the clock was set back: what lies far ahead of it must not stay for as long.
  if (recent.newer !== null && Math.abs(order.at - recent.since) <= LOOK_BACK_MS) {
    return { ...recent, newer: { order, older: recent.newer } };
  }
  return { since: order.at, newer: { order, older: null }, older: recent.newer };
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
