/** When an order is executed, its fills are booked on the account's risk stream; when it ends, its reservation is freed. */
import { quantity } from '../../domain/kernel/decimal.ts';
import { find } from '../../domain/kernel/dictionary.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import type { Fill, OrderEvent } from '../../domain/order/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import type { RecordedEvent } from '../ports/event-store.ts';

const FILLS: readonly string[] = ['OrderFilled', 'OrderPartiallyFilled'] satisfies OrderEvent['type'][];
const ENDS: readonly string[] = [
  'OrderFilled',
  'OrderCancelled',
  'OrderExpired',
  'OrderRejected',
  'OrderNotSent',
  'OrderNotReceived',
] satisfies OrderEvent['type'][];

/** What may still be executed of the order is another amount now than was reserved. */
const RESIZED: readonly string[] = [
  'OrderAcknowledged',
  'ReplaceRequested',
  'OrderReplaced',
  'ReplaceRefused',
] satisfies OrderEvent['type'][];

export interface BookFillsNeeds {
  readonly aggregates: Aggregates;
  readonly pass: PassCrashPoint;
}

/** Reacts to one event; safe to repeat. */
export function createBookFills({ aggregates, pass }: BookFillsNeeds): (event: RecordedEvent) => Promise<void> {
  return async (event) => {
    const isFill = FILLS.includes(event.type);
    const isEnd = ENDS.includes(event.type);
    const isResized = RESIZED.includes(event.type);
    if (!event.stream.startsWith(orderStream('')) || (!isFill && !isEnd && !isResized)) return;
    const order = await aggregates.orders.load(event.stream);
    if (order.status === 'none') throw new Error(`${event.stream} has events and no order`);
    const { accountId, orderId, symbol, side } = order.ticket;
    const cause: Cause = {
      correlationId: event.metadata.correlationId,
      causationId: event.id,
      actor: { kind: 'system', id: 'book-fills' },
    };
    if (isFill) {
      const { execution } = event.data as Fill;
      const day = tradingDay(execution.executedAt);
      const command = { type: 'BookFill', orderId, symbol, side, execution, tradingDay: day } as const;
      await aggregates.risk.handle(riskStream(accountId), command, cause);
      pass('after-fill-booked');
    }
    if (isResized && !isFinal(order)) await reopen(aggregates, order, cause);
    if (isEnd && isFinal(order)) {
      const command = { type: 'ReleaseReservation', orderId, outcome: order.status } as const;
      await aggregates.risk.handle(riskStream(accountId), command, cause);
      // Had this process stood still before it wrote, the order may have come back meanwhile, for a later owner to see.
      await reopen(aggregates, order, cause);
    }
  };
}

/**
 * Reserves for an order what it may yet execute, also when its reservation was released before, unless it has ended. The
 * account is looked at first: a release in between shows that the order was looked at too early.
 */
async function reopen(aggregates: Aggregates, { ticket }: LiveOrder, cause: Cause): Promise<void> {
  const answer = find((await aggregates.risk.load(riskStream(ticket.accountId))).answers, ticket.orderId);
  if (answer?.kind !== 'admitted') return;
  const order = await aggregates.orders.load(orderStream(ticket.orderId));
  if (order.status !== 'none' && !isFinal(order)) await settleReservation(aggregates, order, answer.releases, cause);
}

/** Reserves for an unfinished order what it may execute in all: while a change is under way, the larger of the two. */
export async function settleReservation(
  aggregates: Aggregates,
  order: LiveOrder,
  releasesSeen: number | null,
  cause: Cause,
): Promise<void> {
  const { orderId, accountId, quantity: ordered } = order.ticket;
  const asked = order.replacement?.terms.quantity ?? ordered;
  const wanted = quantity(asked) > quantity(ordered) ? asked : ordered;
  const command = { type: 'AdjustReservation', orderId, wanted, releasesSeen } as const;
  await aggregates.risk.handle(riskStream(accountId), command, cause);
}
