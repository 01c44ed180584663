/**
 * When an order is executed, its fills are booked on the account's risk stream, and taken back when the broker takes them
 * back; when it ends, its reservation is freed. What came after the end, and what was executed too much, is alarmed.
 */
import { quantity, toText } from '../../domain/kernel/decimal.ts';
import { find } from '../../domain/kernel/dictionary.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import type { ExecutionBusted, Fill, OrderEvent, Recount } from '../../domain/order/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import { allNamesOf, executionAt, standingOf } from '../../domain/order/executions.ts';
import type { KnownExecution } from '../../domain/order/executions.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import type { RecordedEvent } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import { createStopForExcess } from './stop-for-excess.ts';

const FILLS: readonly string[] = ['OrderFilled', 'OrderPartiallyFilled'] satisfies OrderEvent['type'][];
/** Another amount of an execution may count than before. */
const RECOUNTS: readonly string[] = [
  'ExecutionBusted',
  'ExecutionCorrected',
  'ExecutionIdentified',
] satisfies OrderEvent['type'][];
const AMENDMENTS: Readonly<Record<string, string>> = {
  ExecutionBusted: 'busted',
  ExecutionCorrected: 'corrected',
} satisfies Partial<Record<OrderEvent['type'], string>>;
const ENDS: readonly string[] = [
  'OrderFilled',
  'OrderCompleted',
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
  readonly log: Log;
  readonly pass: PassCrashPoint;
}

/** Reacts to one event; safe to repeat. */
export function createBookFills(needs: BookFillsNeeds): (event: RecordedEvent) => Promise<void> {
  const { aggregates, log, pass } = needs;
  const stop = createStopForExcess(needs);

  /** Brings what is booked of an execution to what counts of it by the order's record as it is now. */
  async function bookExecution(order: LiveOrder, execution: KnownExecution, cause: Cause): Promise<void> {
    const { accountId, orderId, symbol, side } = order.ticket;
    const { repeat } = execution;
    const { version, busted, amendedAt, ...counted } = standingOf(order, execution);
    const fill = { orderId, symbol, side, execution, repeat, tradingDay: tradingDay(execution.executedAt) };
    if (amendedAt === null) {
      await aggregates.risk.handle(riskStream(accountId), { type: 'BookFill', ...fill }, cause);
      return;
    }
    const inText = { quantity: toText(counted.quantity), price: toText(counted.price) };
    const now = busted || version === null ? null : { ...inText, version };
    const amend = { type: 'AmendFill', ...fill, counted: now, amendedAt, names: allNamesOf(order, execution) } as const;
    await aggregates.risk.handle(riskStream(accountId), amend, cause);
  }

  function alarm(order: LiveOrder, event: RecordedEvent): void {
    const { accountId, orderId } = order.ticket;
    const facts = { accountId, orderId, status: order.status };
    if (FILLS.includes(event.type) && (event.data as Fill).late) {
      log.alarm('an execution came after its order had ended or had nothing left', facts);
    }
    const change = AMENDMENTS[event.type];
    if (change !== undefined) {
      const { executionId, recount } = event.data as ExecutionBusted['data'];
      log.alarm(`the broker has ${change} an execution`, { ...facts, executionId, changed: recount !== null });
    }
    if (event.type === 'ChainExceeded') {
      log.alarm(
        'a part was filled while the order was changed; it is cancelled before the whole becomes too much',
        facts,
      );
    }
  }

  return async (event) => {
    const isFill = FILLS.includes(event.type);
    const isRecount = RECOUNTS.includes(event.type);
    const isEnd = ENDS.includes(event.type);
    const isResized = RESIZED.includes(event.type);
    if (!event.stream.startsWith(orderStream(''))) return;
    if (!isFill && !isRecount && !isEnd && !isResized && event.type !== 'ChainExceeded') return;
    const order = await aggregates.orders.load(event.stream);
    if (order.status === 'none') throw new Error(`${event.stream} has events and no order`);
    const { accountId, orderId } = order.ticket;
    const cause: Cause = {
      correlationId: event.metadata.correlationId,
      causationId: event.id,
      actor: { kind: 'system', id: 'book-fills' },
    };
    const execution = changedExecution(order, event);
    if (execution !== undefined) {
      await bookExecution(order, execution, cause);
      if (isFill) pass('after-fill-booked');
      await stop.forOrder(order, event.recordedAt, cause);
    }
    if (isFill || isRecount || isEnd) await stop.forExits(order, event.recordedAt, cause);
    alarm(order, event);
    if ((isResized || isRecount) && !isFinal(order)) await reopen(aggregates, order, cause);
    if (isEnd && isFinal(order)) {
      const command = { type: 'ReleaseReservation', orderId, outcome: order.status } as const;
      await aggregates.risk.handle(riskStream(accountId), command, cause);
      // Had this process stood still before it wrote, the order may have come back meanwhile, for a later owner to see.
      await reopen(aggregates, order, cause);
    }
  };
}

/** The execution of which an event changes what counts; undefined when it changes none. */
function changedExecution(order: LiveOrder, { type, data }: RecordedEvent): KnownExecution | undefined {
  if (FILLS.includes(type)) {
    const { execution, repeat } = data as Fill;
    return executionAt(order, { ...execution, repeat });
  }
  if (!RECOUNTS.includes(type)) return undefined;
  const { recount } = data as { readonly recount: Recount | null };
  return recount === null ? undefined : executionAt(order, recount);
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
  changesSeen = order.replacements,
): Promise<void> {
  const { orderId, accountId, quantity: ordered } = order.ticket;
  const asked = order.replacement?.terms.quantity ?? ordered;
  const wanted = quantity(asked) > quantity(ordered) ? asked : ordered;
  const command = { type: 'AdjustReservation', orderId, wanted, releasesSeen, changesSeen } as const;
  await aggregates.risk.handle(riskStream(accountId), command, cause);
}
