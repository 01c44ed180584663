/**
 * Comparing the unfinished orders of one account with the broker's: a stream can lose a message without a word, and an
 * order that nobody speaks of any more may have been executed. One list tells of all of them; what is missing in it is
 * asked for by its id.
 */
import { orderStream } from '../../domain/order/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import { inParallel } from '../in-parallel.ts';
import type { BrokerOrder, LinkedAccounts, OrderRecords } from '../ports/broker.ts';
import type { Ids } from '../ports/clock-and-ids.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import type { ReportRevoked } from '../account/link-broker.ts';
import { createNewsOf } from './broker-news.ts';
import type { News } from './broker-news.ts';
import type { LookAtOrder } from './look-at-order.ts';
import type { ReconcileAccount } from './reconcile-account.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';

export interface SweepAccountNeeds {
  readonly aggregates: Aggregates;
  readonly ids: Ids;
  readonly records: OrderRecords;
  readonly linked: LinkedAccounts;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly lookAtOrder: LookAtOrder;
  readonly reconcile: ReconcileAccount;
  /** The accounts of which a reconciliation is under way. */
  readonly reconciling: ReadonlySet<string>;
  readonly reportRevoked: ReportRevoked;
  readonly log: Log;
}

/** `orderIds`: the orders of the account that work at the broker, as far as is known here. */
export type SweepAccount = (accountId: string, orderIds: readonly string[], cause: Cause) => Promise<void>;

/** What concerns more orders than this is left to a reconciliation, which asks for lists. */
const FEW = 5;

export function createSweepAccount(needs: SweepAccountNeeds): SweepAccount {
  const { aggregates, records, linked, recordBrokerOrder, lookAtOrder, log } = needs;
  const newsOf = createNewsOf(needs);

  /** Before the list is asked for: what is acknowledged meanwhile can not be missing in it. */
  async function workingOf(orderIds: readonly string[]) {
    const working: { readonly orderId: string; readonly brokerOrderId: string }[] = [];
    for (const orderId of orderIds) {
      const order = await unlessUnreadable(aggregates.orders.glance(orderStream(orderId)));
      if (order?.status === 'working' && order.brokerOrderId !== null)
        working.push({ orderId, brokerOrderId: order.brokerOrderId });
    }
    return working;
  }

  return async (accountId, orderIds, cause) => {
    // It finds whatever a sweep could find.
    if (needs.reconciling.has(accountId)) return;
    const access = await linked.accessFor(accountId);
    if (access === null) return;
    const working = await workingOf(orderIds);
    const open = await records.unfinished(access);
    if (open.kind === 'unauthorized') return needs.reportRevoked(access, open.reason, cause);
    if (open.kind !== 'found') return;

    const news: (News & { readonly order: BrokerOrder })[] = [];
    for (const order of open.value) {
      const found = await unlessUnreadable(newsOf(access, order));
      if (found !== undefined && found.kind !== 'none') news.push({ ...found, order });
    }
    const stillOpen = new Set(open.value.map(({ brokerOrderId }) => brokerOrderId));
    const gone = working.filter(({ brokerOrderId }) => !stillOpen.has(brokerOrderId));
    if (news.length + gone.length > FEW) {
      await needs.reconcile(access, cause, 'hour');
      return;
    }
    const lost = news.filter(({ kind }) => kind === 'lost').length;
    if (lost > 0) log.alarm('the record has lost orders that were made here', { accountId, orders: lost });
    await inParallel(news, FEW, async ({ order }) => {
      await unlessUnreadable(recordBrokerOrder(access, { order, execution: null, reason: null }, cause));
    });
    await inParallel(gone, FEW, async ({ orderId }) => {
      await unlessUnreadable(lookAtOrder(access, orderId, cause));
    });
  };
}
