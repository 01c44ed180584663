/**
 * Comparing an account's orders with the broker's: whatever happened while nobody listened is recorded now. Lists are asked
 * for, and single orders only where no list has them, so that many orders take few requests. Running it twice records
 * nothing new.
 */
import { orderStream } from '../../domain/order/events.ts';
import type { OrderState } from '../../domain/order/state.ts';
import type { Execution } from '../../domain/order/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import { inParallel } from '../in-parallel.ts';
import type { BrokerAccess, BrokerOrder, OrderRecords } from '../ports/broker.ts';
import type { Ids } from '../ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import type { Venue } from '../ports/market-data.ts';
import type { Reconciliations, UnfinishedOrders } from '../ports/progress.ts';
import { createNewsOf } from './broker-news.ts';
import type { News } from './broker-news.ts';
import type { LookAtOrder } from './look-at-order.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';

export interface ReconcileNeeds {
  readonly aggregates: Aggregates;
  readonly ids: Ids;
  readonly records: OrderRecords;
  readonly venue: Venue;
  readonly unfinished: UnfinishedOrders;
  readonly reconciliations: Reconciliations;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly lookAtOrder: LookAtOrder;
  /** The accounts of which a reconciliation is under way, for those who would begin another one. */
  readonly reconciling: Set<string>;
  readonly log: Log;
  readonly pass: PassCrashPoint;
}

/** `unanswered`: the broker did not give its lists; it must be tried again. */
export type Reconciled = 'done' | 'unanswered' | 'unauthorized';

/** How far back finished orders are looked at again, at least. The last reconciliation is always reached. */
export type Reach = 'day' | 'hour';

export type ReconcileAccount = (access: BrokerAccess, cause: Cause, reach?: Reach) => Promise<Reconciled>;

const LOOK_BACK_MS: Readonly<Record<Reach, number>> = { day: 24 * 3_600_000, hour: 3_600_000 };
/** How far behind the last reconciliation, for the broker's lists may lag: orders, and executions. */
const OVERLAP_MS = 3_600_000;
const EXECUTIONS_OVERLAP_MS = 600_000;
/** So few orders are asked for one by one; more of them by a list. */
const FEW = 3;
/** Orders recorded, and asked for, at the same time. */
const WIDTH = 6;
const LOOK_UPS = 3;

export function createReconcileAccount(needs: ReconcileNeeds): ReconcileAccount {
  const { aggregates, records, venue, unfinished, reconciliations, recordBrokerOrder, lookAtOrder, log, pass } = needs;
  const newsOf = createNewsOf(needs);

  /** Our orders of the account that have not ended, as this process has seen them last; without a state if unreadable. */
  async function oursUnfinished(accountId: string) {
    const ours: { readonly orderId: string; readonly state: OrderState | undefined }[] = [];
    const placed = (await unfinished.placed()).filter((each) => each.accountId === accountId);
    await inParallel(placed, WIDTH, async ({ orderId }) => {
      ours.push({ orderId, state: await unlessUnreadable(aggregates.orders.glance(orderStream(orderId))) });
    });
    return ours;
  }

  /** All executions after a moment, by broker order, as far as they can be read; null when the broker does not tell. */
  async function executionsAfter(access: BrokerAccess, after: string) {
    const found = await records.executionsAfter(access, after);
    if (found.kind !== 'found') return null;
    const byOrder = new Map<string, Execution[]>();
    for (const execution of found.value) {
      const own = byOrder.get(execution.brokerOrderId) ?? [];
      byOrder.set(execution.brokerOrderId, [...own, execution]);
    }
    return { byOrder, unread: found.unread };
  }

  return async (access, cause, reach = 'day') => {
    needs.reconciling.add(access.accountId);
    try {
      return await reconcile(access, cause, reach);
    } finally {
      needs.reconciling.delete(access.accountId);
    }
  };

  async function reconcile(access: BrokerAccess, cause: Cause, reach: Reach): Promise<Reconciled> {
    const { accountId } = access;
    const { now } = await venue.clock();
    const lastDone = await reconciliations.lastOf(accountId);
    const before = (moment: string, milliseconds: number): string =>
      new Date(Date.parse(moment) - milliseconds).toISOString();
    const earliest = (moments: readonly string[]): string =>
      moments.reduce((a, b) => (Date.parse(a) < Date.parse(b) ? a : b));

    const open = await records.unfinished(access);
    if (open.kind !== 'found') return failed(accountId, open.kind);
    const stillOpen = new Set(open.value.map(({ brokerOrderId }) => brokerOrderId));
    const ours = await oursUnfinished(accountId);
    const ended = ours.flatMap(({ state }) =>
      state?.status === 'working' && !stillOpen.has(state.brokerOrderId ?? '') ? [state] : [],
    );
    // Those that have ended at the broker are in the list of all orders, if it reaches back to when they were made.
    const made = ended.length > FEW ? ended.flatMap((state) => state.acknowledgedAt ?? []) : [];
    const since = earliest([
      before(now, LOOK_BACK_MS[reach]),
      ...[...made, ...(lastDone === null ? [] : [lastDone])].map((moment) => before(moment, OVERLAP_MS)),
    ]);
    const recent = await records.submittedAfter(access, since);
    if (recent.kind !== 'found') return failed(accountId, recent.kind);

    pass('before-reconciliation');
    const told = together(recent.value, open.value);
    let whole = open.unread === 0 && recent.unread === 0;
    const seen = new Set<string>();
    const news: (News & { readonly order: BrokerOrder })[] = [];
    const executionsSince = lastDone === null ? since : before(lastDone, EXECUTIONS_OVERLAP_MS);
    // A count may be what ours is although executions were missed: as many may have been undone meanwhile.
    const isListed = told.some((order) => wasExecutedAfter(order, executionsSince));
    const executions = isListed ? await executionsAfter(access, executionsSince) : NO_EXECUTIONS;
    // Without the list they are asked for order by order, and the next reconciliation reaches back as far.
    if (executions === null || executions.unread > 0) whole = false;
    const along = {
      orders: new Map(told.map((order) => [order.brokerOrderId, order])),
      executions: (executions ?? NO_EXECUTIONS).byOrder,
    };
    await inParallel(told, WIDTH, async (order) => {
      const found = await unlessUnreadable(newsOf(access, order, along));
      if (found === undefined) whole = false;
      else if (found.kind === 'none') found.orderIds.forEach((orderId) => seen.add(orderId));
      else news.push({ ...found, order });
    });
    const lost = news.filter(({ kind }) => kind === 'lost').length;
    if (lost > 0) log.alarm('the record has lost orders that were made here', { accountId, orders: lost });

    await inParallel(news, WIDTH, async ({ order, orderIds }) => {
      const learnt = { order, execution: null, reason: null, along };
      const recorded = await unlessUnreadable(recordBrokerOrder(access, learnt, cause));
      if (recorded === undefined) whole = false;
      else [recorded, ...orderIds].forEach((orderId) => seen.add(orderId));
      pass('amid-reconciliation');
    });
    // Orders that are unfinished here, and at the broker neither recent nor unfinished.
    const rest = ours.filter(({ orderId }) => !seen.has(orderId));
    await inParallel(rest, LOOK_UPS, async ({ orderId }) => {
      const looked = await unlessUnreadable(lookAtOrder(access, orderId, cause));
      if (looked !== 'done') whole = false;
    });
    pass('after-reconciliation');
    // What belongs to orders that could not be read, here or at the broker, must still be looked for when they can.
    if (whole) await reconciliations.record(accountId, now);
    return 'done';
  }

  function failed(accountId: string, outcome: 'not_found' | 'unauthorized' | 'unknown'): Reconciled {
    log.warn('an account could not be reconciled', { accountId, outcome });
    return outcome === 'unauthorized' ? 'unauthorized' : 'unanswered';
  }
}

const NO_EXECUTIONS = { byOrder: new Map<string, Execution[]>(), unread: 0 };

/** Whether an order, or an exit of it, has executions and was changed after a moment. */
const wasExecutedAfter = (order: BrokerOrder, moment: string): boolean =>
  [order, ...order.legs].some(
    ({ filledQuantity, updatedAt }) => Number(filledQuantity) > 0 && Date.parse(updatedAt) > Date.parse(moment),
  );

/** Both lists as one. In the first, exits stand inside of their bracket, so they are left out where the second has them again. */
function together(nested: readonly BrokerOrder[], flat: readonly BrokerOrder[]): readonly BrokerOrder[] {
  const exits = new Set(nested.flatMap(({ legs }) => legs.map(({ brokerOrderId }) => brokerOrderId)));
  const apart = flat.filter(({ brokerOrderId }) => !exits.has(brokerOrderId));
  return [...new Map([...apart, ...nested].map((order) => [order.brokerOrderId, order])).values()];
}
