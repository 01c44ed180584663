/**
 * Comparing an account's orders with the broker's: whatever happened while nobody listened is recorded now. Running it
 * twice records nothing new.
 */
import type { Cause } from '../handle.ts';
import type { BrokerAccess, OrderRecords } from '../ports/broker.ts';
import type { Reconciliations, UnfinishedOrders } from '../ports/progress.ts';
import type { Venue } from '../ports/market-data.ts';
import type { Log } from '../ports/log.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';
import type { Aggregates } from '../aggregates.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import { orderStream } from '../../domain/order/events.ts';

export interface ReconcileNeeds {
  readonly aggregates: Aggregates;
  readonly records: OrderRecords;
  readonly venue: Venue;
  readonly unfinished: UnfinishedOrders;
  readonly reconciliations: Reconciliations;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly log: Log;
}

/** How far back finished orders are looked at again, at least; and how far behind the last reconciliation. */
const LOOK_BACK_MS = 24 * 3_600_000;
const OVERLAP_MS = 3_600_000;

/** `unanswered`: the broker did not give its lists; it must be tried again. */
export type Reconciled = 'done' | 'unanswered' | 'unauthorized';

export type ReconcileAccount = (access: BrokerAccess, cause: Cause) => Promise<Reconciled>;

export function createReconcileAccount(needs: ReconcileNeeds): ReconcileAccount {
  const { records, venue, unfinished, reconciliations, recordBrokerOrder, log } = needs;
  return async (access, cause) => {
    const { accountId } = access;
    const { now } = await venue.clock();
    const lastDone = await reconciliations.lastOf(accountId);
    const dayAgo = Date.parse(now) - LOOK_BACK_MS;
    const since = new Date(
      lastDone === null ? dayAgo : Math.min(dayAgo, Date.parse(lastDone) - OVERLAP_MS),
    ).toISOString();

    const [recent, open] = await Promise.all([records.submittedAfter(access, since), records.unfinished(access)]);
    if (recent.kind !== 'found' || open.kind !== 'found') {
      log.warn('an account could not be reconciled', { accountId, recent: recent.kind, open: open.kind });
      return [recent.kind, open.kind].includes('unauthorized') ? 'unauthorized' : 'unanswered';
    }
    const seen = new Set<string>();
    const told = new Map([...recent.value, ...open.value].map((order) => [order.brokerOrderId, order]));
    let whole = true;
    for (const order of told.values()) {
      const learnt = { order, execution: null, reason: null };
      const orderId = await unlessUnreadable(recordBrokerOrder(access, learnt, cause));
      if (orderId === undefined) whole = false;
      else seen.add(orderId);
    }
    // Orders that are unfinished here, and at the broker neither recent nor unfinished.
    for (const { orderId, accountId: owner } of await unfinished.placed()) {
      if (owner !== accountId || seen.has(orderId)) continue;
      const looked = await unlessUnreadable(lookAtOrder(needs, access, orderId, cause));
      if (looked !== 'done') whole = false;
    }
    // What belongs to orders that could not be read, here or at the broker, must still be looked for when they can.
    if (whole) await reconciliations.record(accountId, now);
    return 'done';
  };
}

/** Asks the broker about one working order. */
export async function lookAtOrder(
  { aggregates, records, recordBrokerOrder }: Pick<ReconcileNeeds, 'aggregates' | 'records' | 'recordBrokerOrder'>,
  access: BrokerAccess,
  orderId: string,
  cause: Cause,
): Promise<'done' | 'unanswered'> {
  const order = await aggregates.orders.load(orderStream(orderId));
  if (order.status !== 'working' || order.brokerOrderId === null) return 'done';
  const found = await records.byId(access, order.brokerOrderId);
  if (found.kind !== 'found') return found.kind === 'not_found' ? 'done' : 'unanswered';
  await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
  return 'done';
}
