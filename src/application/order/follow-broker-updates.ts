/**
 * Following the order updates of one linked account, and keeping its gate: orders may be sent while the stream stands,
 * everything that happened before it stood was asked for, and what came meanwhile is recorded.
 */
import { readClientOrderId } from '../../domain/order/client-order-id.ts';
import { ORDER_EVENT_VERSIONS, orderStream } from '../../domain/order/events.ts';
import type { BrokerMessageRecorded } from '../../domain/order/events.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess, BrokerUpdate, LinkedAccounts, OrderRecords, OrderUpdates } from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import { eventId } from '../ports/event-id.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import type { Gates } from './gates.ts';
import type { KeepComparing } from './keep-comparing.ts';
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
  readonly gates: Gates;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly reconcile: ReconcileAccount;
  readonly keepComparing: KeepComparing;
  readonly settleReplace: SettleReplace;
  readonly reportRevoked: ReportRevoked;
  readonly pass: PassCrashPoint;
  /** A signal that ends with `parent`, or when asked to. */
  readonly childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void };
}

/** Follows one account until `signal` aborts or the broker no longer takes the token. */
export type FollowUpdates = (accountId: string, signal: AbortSignal) => Promise<void>;

/** The waits between tries to record what the broker said; the last one repeats. */
const RETRY_MS = [250, 1_000, 2_000, 4_000] as const;

export function createFollowUpdates(needs: FollowUpdatesNeeds): FollowUpdates {
  const { updates, linked, gates, clock, log, reconcile, childOf } = needs;
  const heard = rememberingMessages();
  return async (accountId, signal) => {
    const access = await linked.accessFor(accountId);
    if (access === null) return;
    const gate = gates.keep(accountId);
    /** The stream stands, and everything up to it is recorded. */
    let caughtUp = false;
    let isRevoked = false;
    const cause = (): Cause => ({
      correlationId: needs.ids.random(),
      causationId: null,
      actor: { kind: 'broker', id: 'alpaca' },
    });

    /** Nothing that the broker said may be lost to a passing failure of ours: it is tried until it is recorded. */
    const insist = async (what: string, act: () => Promise<void>): Promise<void> => {
      for (let tries = 0; !signal.aborted; tries += 1) {
        try {
          await act();
          if (caughtUp) gate.open();
          return;
        } catch (error) {
          gate.close();
          const facts = { accountId, error: String(error) };
          if (tries === 0) log.alarm(`${what} could not be recorded; trying again`, facts);
          else log.warn(`${what} can still not be recorded`, facts);
          await clock.sleep(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0, signal);
        }
      }
    };
    const standing = childOf(signal);
    const comparing = needs.keepComparing(access, cause, standing.signal);
    const listener = {
      onConnected: () => {
        log.info('the broker update stream of an account stands', { accountId });
        return insist('the reconciliation', async () => {
          const reconciled = await reconcile(access, cause(), 'day');
          if (reconciled === 'unanswered') throw new Error('the broker did not answer');
          isRevoked = reconciled === 'unauthorized';
          if (isRevoked) await needs.reportRevoked(access, 'The broker takes the token no more.', cause());
        });
      },
      onCaughtUp: () => {
        caughtUp = !isRevoked && !signal.aborted;
        if (!caughtUp) return;
        gate.open();
        log.info('the orders of an account may be sent', { accountId });
        comparing.now();
      },
      // What belongs to an order that can not be read is told again by the broker's records, once it can.
      onUpdate: (update: BrokerUpdate) =>
        insist('an update', () => unlessUnreadable(recordUpdate(needs, access, update, heard, cause()))),
      onTrouble: (reason: string) => {
        caughtUp = false;
        gate.close();
        log.warn('the broker update stream is interrupted', { accountId, reason });
      },
    };
    let ended: Awaited<ReturnType<typeof updates.follow>>;
    try {
      ended = await updates.follow(access, listener, signal);
    } finally {
      caughtUp = false;
      gate.close();
      standing.abort();
      await comparing.ended;
    }
    if (ended === 'unauthorized') await needs.reportRevoked(access, 'The broker ended the update stream.', cause());
  };
}

async function recordUpdate(
  needs: FollowUpdatesNeeds,
  access: BrokerAccess,
  update: BrokerUpdate,
  heard: Heard,
  cause: Cause,
): Promise<void> {
  const { aggregates, clock } = needs;
  needs.pass('update-received');
  if (update.kind === 'unreadable') return keepUnreadable(needs, access, update, cause);
  const { order, execution, amendment, reason, refused } = update;
  const orderId = await needs.recordBrokerOrder(access, { order, execution, amendment, reason }, cause);
  const at = clock.now();
  const why = reason ?? 'The broker refused the request.';
  // A refusal that comes twice must not answer a request that was made in between.
  const message = `${order.brokerOrderId} ${refused} ${order.updatedAt}`;
  if (refused === null || heard.has(message)) return;
  const state = await aggregates.orders.load(orderStream(orderId));
  // A refusal of a request about a broker order that was replaced since says nothing about the one that works now.
  if (state.status !== 'none' && state.brokerOrderId === order.brokerOrderId) {
    const command = { type: 'RecordCancelRefused', reason: why, at } as const;
    // Which change it speaks of is not said, and the message may be an old one: the broker's records decide.
    if (refused === 'replace') await needs.settleReplace(access, state, why, cause);
    else await aggregates.orders.handle(orderStream(orderId), command, cause);
  }
  heard.add(message);
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

/** Messages that were acted on, as far back as it matters. */
interface Heard {
  has(message: string): boolean;
  add(message: string): void;
}

function rememberingMessages(): Heard {
  const heard = new Set<string>();
  return {
    has: (message) => heard.has(message),
    add(message) {
      heard.add(message);
      const oldest = heard.values().next();
      if (heard.size > REMEMBERED && !oldest.done) heard.delete(oldest.value);
    },
  };
}
