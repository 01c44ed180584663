/** Alpaca's order as ours. */
import { z } from 'zod';
import type { BrokerOrder } from '../../application/ports/broker.ts';
import type { ReportedStatus } from '../../domain/order/broker-report.ts';
import { decimal, maybe, maybeTime, problemOf, time } from './wire.ts';

/** Alpaca: Order, the members in use. */
const alpacaOrder = z.object({
  id: z.string().min(1),
  client_order_id: z.string(),
  symbol: z.string().min(1),
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit', 'stop', 'stop_limit', 'trailing_stop']),
  time_in_force: z.enum(['day', 'gtc', 'ioc', 'fok', 'opg', 'cls']),
  /** Null for an order over an amount of dollars. */
  qty: maybe(decimal),
  filled_qty: decimal,
  limit_price: maybe(decimal),
  stop_price: maybe(decimal),
  trail_price: maybe(decimal),
  extended_hours: maybe(z.boolean()),
  status: z.string(),
  replaced_by: maybe(z.string()),
  replaces: maybe(z.string()),
  legs: maybe(z.array(z.unknown())),
  created_at: time,
  updated_at: maybeTime,
});

/** Alpaca: order status. What rests at the venue, or may come back to it, is open. */
const STATUS: Readonly<Record<string, ReportedStatus>> = {
  pending_new: 'pending',
  accepted: 'pending',
  accepted_for_bidding: 'pending',
  pending_review: 'pending',
  held: 'pending',
  new: 'open',
  partially_filled: 'open',
  pending_cancel: 'open',
  pending_replace: 'open',
  done_for_day: 'open',
  stopped: 'open',
  suspended: 'open',
  calculated: 'open',
  filled: 'filled',
  canceled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
  replaced: 'replaced',
};

const UNDER_WAY: Readonly<Record<string, BrokerOrder['underWay']>> = {
  pending_cancel: 'cancel',
  pending_replace: 'replace',
};

/**
 * An order that takes another's place is confirmed only by a status of its own: a request to cancel or replace it, made
 * early, says nothing about whether the venue took it.
 */
function statusOf(status: string, replaces: string | null): ReportedStatus {
  const early = status === 'pending_cancel' || status === 'pending_replace';
  return early && replaces !== null ? 'pending' : (STATUS[status] ?? 'open');
}

export type OrderReading =
  | {
      readonly kind: 'order';
      readonly order: BrokerOrder;
      /** When the broker made it. */
      readonly createdAt: string;
      /** What could not be understood, though the order could. */
      readonly problems: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Reads an order of Alpaca's. An unknown status counts as open; a leg that can not be read is left out. */
export function readOrder(message: unknown): OrderReading {
  const read = alpacaOrder.safeParse(message);
  if (!read.success) return { kind: 'unreadable', problem: problemOf(read.error) };
  const it = read.data;
  const problems = STATUS[it.status] === undefined ? [`unknown order status ${it.status}`] : [];
  const legs: BrokerOrder[] = [];
  for (const each of it.legs ?? []) {
    const leg = readOrder(each);
    if (leg.kind === 'order') legs.push(leg.order);
    problems.push(...(leg.kind === 'order' ? leg.problems : [leg.problem]).map((problem) => `leg: ${problem}`));
  }
  const order: BrokerOrder = {
    brokerOrderId: it.id,
    clientOrderId: it.client_order_id,
    symbol: it.symbol,
    side: it.side,
    type: it.type,
    terms: {
      // An order over dollars has no quantity.
      quantity: it.qty ?? '0',
      limitPrice: it.limit_price,
      // Alpaca: of a trailing stop it is where the stop stands now, which nobody ordered.
      stopPrice: it.type === 'trailing_stop' ? null : it.stop_price,
      timeInForce: it.time_in_force,
    },
    trailPrice: it.trail_price,
    extendedHours: it.extended_hours ?? false,
    status: statusOf(it.status, it.replaces),
    underWay: UNDER_WAY[it.status] ?? null,
    filledQuantity: it.filled_qty,
    replacedBy: it.replaced_by,
    replaces: it.replaces,
    legs,
    updatedAt: it.updated_at ?? it.created_at,
  };
  return { kind: 'order', order, createdAt: it.created_at, problems };
}
