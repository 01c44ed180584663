/**
 * Comparing an account's orders with the broker's: whatever happened while nobody listened is recorded now. Running it
 * twice records nothing new.
 */
import type { Cause } from '../handle.ts';
import type { BrokerAccess, OrderRecords } from '../ports/broker.ts';
import type { UnfinishedOrders } from '../ports/progress.ts';
import type { Venue } from '../ports/market-data.ts';
import type { Log } from '../ports/log.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';
import type { Aggregates } from '../aggregates.ts';
import { orderStream } from '../../domain/order/events.ts';

export interface ReconcileNeeds {
  readonly aggregates: Aggregates;
  readonly records: OrderRecords;
  readonly venue: Venue;
  readonly unfinished: UnfinishedOrders;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly log: Log;
}

/** How far back finished orders are looked at again. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** `unanswered`: the broker could not be asked about everything; it must be tried again. */
export type Reconciled = 'done' | 'unanswered' | 'unauthorized';

export type ReconcileAccount = (access: BrokerAccess, cause: Cause) => Promise<Reconciled>;

export function createReconcileAccount(needs: ReconcileNeeds): ReconcileAccount {
  const { records, venue, unfinished, recordBrokerOrder, log } = needs;
  return async (access, cause) => {
    const { now } = await venue.clock();
    const since = new Date(Date.parse(now) - LOOK_BACK_MS).toISOString();
    const recent = await records.submittedAfter(access, since);
    if (recent.kind !== 'found') {
      log.warn('an account could not be reconciled', { accountId: access.accountId, outcome: recent.kind });
      return recent.kind === 'unauthorized' ? 'unauthorized' : 'unanswered';
    }
    const seen = new Set<string>();
    for (const order of recent.value) {
      seen.add(await recordBrokerOrder(access, { order, execution: null, reason: null }, cause));
    }
    // Orders older than the look-back that are still unfinished here.
    for (const { orderId, accountId } of await unfinished.placed()) {
      if (accountId === access.accountId && !seen.has(orderId)) await lookAtOrder(needs, access, orderId, cause);
    }
    return 'done';
  };
}

/** Asks the broker about one working order. */
export async function lookAtOrder(
  { aggregates, records, recordBrokerOrder }: Pick<ReconcileNeeds, 'aggregates' | 'records' | 'recordBrokerOrder'>,
  access: BrokerAccess,
  orderId: string,
  cause: Cause,
): Promise<void> {
  const order = await aggregates.orders.load(orderStream(orderId));
  if (order.status !== 'working' || order.brokerOrderId === null) return;
  const found = await records.byId(access, order.brokerOrderId);
  if (found.kind === 'found')
    await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
}
