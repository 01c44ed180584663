/**
 * The protection watchdog: proves of every bracket order that what it bought or sold has its stop loss, for the quantity
 * that is still held, and alarms when it has not. It never places an order: what is bare is for a person to decide.
 */
import { absolute, larger, negated, NO_QUANTITY, toText } from '../../domain/kernel/decimal.ts';
import { netQuantity, openedBy } from '../../domain/kernel/lots.ts';
import { orderStream } from '../../domain/order/events.ts';
import { hasBracket, protectionOf } from '../../domain/order/protection.ts';
import type { Protection } from '../../domain/order/protection.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { RecordBrokerOrder } from '../order/record-broker-order.ts';
import type { LinkedAccounts, OrderRecords } from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import type { BracketOrders } from '../ports/progress.ts';
import { createStopForExcess, exitsOf } from './stop-for-excess.ts';

export interface WatchProtectionNeeds {
  readonly aggregates: Aggregates;
  readonly brackets: BracketOrders;
  readonly linked: LinkedAccounts;
  readonly records: OrderRecords;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly sweepEveryMs: number;
}

/** Exits need a moment: they wake when their order is filled, and one ends the other. */
const GRACE_MS = 10_000;
/** What stays wrong is looked at again at the broker, in case a message that it was put right was missed. */
const LOOK_AGAIN_MS = 60_000;

export interface WatchProtection {
  /** Looks at every bracket order once. */
  watchOnce(): Promise<void>;
  /** Looks every so often, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

interface Seen {
  /** When it was first seen that something is wrong. */
  readonly since: string;
  /** When the broker was asked last. */
  lookedAt: number;
}

export function createWatchProtection(needs: WatchProtectionNeeds): WatchProtection {
  const { aggregates, brackets, clock, ids, log } = needs;
  const stop = createStopForExcess(needs);
  /** Of orders with something wrong. A process that starts anew gives the grace again, and records nothing twice. */
  const wrong = new Map<string, Seen>();

  async function measured(
    orderId: string,
  ): Promise<{ readonly order: LiveOrder; readonly protection: Protection } | null> {
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status === 'none' || !hasBracket(order)) return null;
    const { accountId, symbol, side } = order.ticket;
    const holding = holdingOf(await aggregates.risk.load(riskStream(accountId)), symbol);
    const net = netQuantity(holding);
    const held = {
      opened: absolute(openedBy(holding, orderId)),
      inAll: larger(side === 'buy' ? net : negated(net), NO_QUANTITY),
    };
    return { order, protection: protectionOf(order, await exitsOf(aggregates, order), held) };
  }

  /** Only the broker's own record proves that something is missing there. */
  async function lookAtBroker({ ticket, brokerOrderId }: LiveOrder, cause: Cause): Promise<void> {
    const access = await needs.linked.accessFor(ticket.accountId);
    if (access === null || brokerOrderId === null) return;
    const found = await needs.records.byId(access, brokerOrderId);
    if (found.kind !== 'found') return;
    await needs.recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
  }

  async function record(order: LiveOrder, protection: Protection, since: string, cause: Cause): Promise<void> {
    const { orderId, accountId, symbol } = order.ticket;
    const command = { type: 'RecordProtection', protection, since, at: clock.now() } as const;
    const recorded = await aggregates.orders.handle(orderStream(orderId), command, cause);
    if (recorded.kind === 'refused' || recorded.events.length === 0) return;
    const facts = { accountId, orderId, symbol, open: toText(protection.open), protected: toText(protection.stopped) };
    if (protection.isRight) log.info('a position is protected again, or closed', facts);
    else log.alarm('a position does not have the stop loss that it needs', { ...facts, bare: toText(protection.bare) });
  }

  async function watch(orderId: string): Promise<void> {
    const cause: Cause = {
      correlationId: ids.random(),
      causationId: null,
      actor: { kind: 'system', id: 'watch-protection' },
    };
    const first = await measured(orderId);
    if (first === null) return;
    await stop.forExits(first.order, clock.now(), cause);
    if (first.protection.isRight) {
      wrong.delete(orderId);
      if (first.order.unprotected !== null) await record(first.order, first.protection, clock.now(), cause);
      return;
    }
    const now = Date.parse(clock.now());
    const seen = wrong.get(orderId) ?? { since: clock.now(), lookedAt: 0 };
    wrong.set(orderId, seen);
    if (now - Date.parse(seen.since) < GRACE_MS || now - seen.lookedAt < LOOK_AGAIN_MS) return;
    seen.lookedAt = now;
    await lookAtBroker(first.order, cause);
    const second = await measured(orderId);
    if (second !== null) await record(second.order, second.protection, seen.since, cause);
  }

  async function watchOnce(): Promise<void> {
    const orderIds = (await brackets.toWatch()).map(({ orderId }) => orderId);
    for (const orderId of wrong.keys()) if (!orderIds.includes(orderId)) wrong.delete(orderId);
    for (const orderId of orderIds) await unlessUnreadable(watch(orderId));
  }

  return {
    watchOnce,
    async run(signal) {
      while (!signal.aborted) {
        try {
          await watchOnce();
        } catch (error) {
          log.warn('the protection of positions could not be looked at', { error: String(error) });
        }
        await clock.sleep(needs.sweepEveryMs, signal);
      }
    },
  };
}
