/** Following the order updates of every linked account, from the moment it is linked until it is unlinked. */
import { readClientOrderId } from '../../domain/order/client-order-id.ts';
import { ORDER_EVENT_VERSIONS, orderStream } from '../../domain/order/events.ts';
import type { BrokerMessageRecorded } from '../../domain/order/events.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess, BrokerUpdate, LinkedAccounts, OrderRecords, OrderUpdates } from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import { eventId } from '../ports/event-id.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import type { ReconcileAccount } from './reconcile-account.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';
import type { SettleReplace } from './send-requests.ts';
import type { ReportRevoked } from '../account/link-broker.ts';

export interface FollowUpdatesNeeds {
  readonly aggregates: Aggregates;
  readonly store: EventStore;
  readonly updates: OrderUpdates;
  readonly records: OrderRecords;
  readonly linked: LinkedAccounts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly reconcile: ReconcileAccount;
  readonly settleReplace: SettleReplace;
  readonly reportRevoked: ReportRevoked;
  /** A signal that ends with `parent`, or when asked to. */
  readonly childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void };
}

/** Follows one account until `signal` aborts or the broker no longer takes the token. */
export type FollowUpdates = (accountId: string, signal: AbortSignal) => Promise<void>;

const RETRY_MS = 1_000;
/** A stream can lose a message without a word, so the records are compared all the same. */
const COMPARE_EVERY_MS = 120_000;

export function createFollowUpdates(needs: FollowUpdatesNeeds): FollowUpdates {
  const { updates, linked, clock, ids, log, reconcile, childOf } = needs;
  const isNews = rememberingMessages();
  return async (accountId, signal) => {
    const access = await linked.accessFor(accountId);
    if (access === null) return;
    const cause = (): Cause => ({
      correlationId: ids.random(),
      causationId: null,
      actor: { kind: 'broker', id: 'alpaca' },
    });
    /** Nothing that the broker said may be lost to a passing failure of ours: it is tried until it is recorded. */
    const insist = async (what: string, act: () => Promise<void>): Promise<void> => {
      while (!signal.aborted) {
        try {
          return await act();
        } catch (error) {
          log.alarm(`${what} could not be recorded; trying again`, { accountId, error: String(error) });
          await clock.sleep(RETRY_MS, signal);
        }
      }
    };
    const listener = {
      onConnected: () =>
        insist('the reconciliation', async () => {
          const reconciled = await reconcile(access, cause());
          if (reconciled === 'unanswered') throw new Error('the broker did not answer');
          if (reconciled === 'unauthorized')
            await needs.reportRevoked(access, 'The broker takes the token no more.', cause());
        }),
      // What belongs to an order that can not be read is told again by the broker's records, once it can.
      onUpdate: (update: BrokerUpdate) =>
        insist('an update', () => unlessUnreadable(recordUpdate(needs, access, update, isNews, cause()))),
      onTrouble: (reason: string) => log.warn('the broker update stream is interrupted', { accountId, reason }),
    };
    const standing = childOf(signal);
    const compare = async (): Promise<void> => {
      while (!standing.signal.aborted) {
        await clock.sleep(COMPARE_EVERY_MS, standing.signal);
        if (!standing.signal.aborted) await listener.onConnected();
      }
    };
    const comparing = compare();
    let ended: Awaited<ReturnType<typeof updates.follow>>;
    try {
      ended = await updates.follow(access, listener, signal);
    } finally {
      standing.abort();
      await comparing;
    }
    if (ended === 'unauthorized') await needs.reportRevoked(access, 'The broker ended the update stream.', cause());
  };
}

async function recordUpdate(
  needs: FollowUpdatesNeeds,
  access: BrokerAccess,
  update: BrokerUpdate,
  isNews: (message: string) => boolean,
  cause: Cause,
): Promise<void> {
  const { aggregates, clock } = needs;
  if (update.kind === 'unreadable') return keepUnreadable(needs, access, update, cause);
  const { order, execution, amendment, reason, refused } = update;
  const orderId = await needs.recordBrokerOrder(access, { order, execution, amendment, reason }, cause);
  const at = clock.now();
  const why = reason ?? 'The broker refused the request.';
  // A refusal that comes twice must not answer a request that was made in between.
  if (refused === null || !isNews(`${order.brokerOrderId} ${refused} ${order.updatedAt}`)) return;
  const state = await aggregates.orders.load(orderStream(orderId));
  // A refusal of a request about a broker order that was replaced since says nothing about the one that works now.
  if (state.status === 'none' || state.brokerOrderId !== order.brokerOrderId) return;
  // Which change it speaks of is not said, and the message may be an old one: the broker's records decide.
  if (refused === 'replace') return needs.settleReplace(access, state, why, cause);
  await aggregates.orders.handle(orderStream(orderId), { type: 'RecordCancelRefused', reason: why, at }, cause);
}

/** What a message meant that was not understood shows in the broker's records, or not at all: people have been alarmed. */
async function readAnew(
  { records, recordBrokerOrder, log }: FollowUpdatesNeeds,
  access: BrokerAccess,
  { brokerOrderId, ticket }: LiveOrder,
  cause: Cause,
): Promise<void> {
  if (brokerOrderId === null) return;
  const found = await records.byId(access, brokerOrderId);
  if (found.kind === 'found') {
    await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
  } else log.warn('an order could not be read anew', { orderId: ticket.orderId, outcome: found.kind });
}

/** A message that nobody understands is kept to the letter, on its order where it names one of ours, which is read anew. */
async function keepUnreadable(
  needs: FollowUpdatesNeeds,
  access: BrokerAccess,
  update: Extract<BrokerUpdate, { kind: 'unreadable' }>,
  cause: Cause,
): Promise<void> {
  const { aggregates, store, ids, clock, log } = needs;
  const { raw, problem, clientOrderId } = update;
  const at = clock.now();
  log.alarm('the broker sent a message that is not understood', { accountId: access.accountId, problem });
  const named = clientOrderId === null ? null : readClientOrderId(clientOrderId);
  if (named !== null) {
    const own = await unlessUnreadable(aggregates.orders.load(orderStream(named.orderId)));
    if (own !== undefined && own.status !== 'none' && own.ticket.accountId === access.accountId) {
      const command = { type: 'RecordBrokerMessage', raw, problem, at } as const;
      await aggregates.orders.handle(orderStream(named.orderId), command, cause);
      await readAnew(needs, access, own, cause);
      return;
    }
  }
  const stream = `broker-messages-${access.accountId}`;
  const kept: BrokerMessageRecorded = { type: 'BrokerMessageRecorded', data: { raw, problem, receivedAt: at } };
  const metadata = { ...cause, schemaVersion: ORDER_EVENT_VERSIONS[kept.type] };
  await store.append(stream, 'any', [{ ...kept, id: eventId(stream, ids.random()), metadata }]);
}

const REMEMBERED = 1_000;

/** Whether a message is heard for the first time, as far back as it matters. */
function rememberingMessages(): (message: string) => boolean {
  const heard = new Set<string>();
  return (message) => {
    if (heard.has(message)) return false;
    heard.add(message);
    const oldest = heard.values().next();
    if (heard.size > REMEMBERED && !oldest.done) heard.delete(oldest.value);
    return true;
  };
}
