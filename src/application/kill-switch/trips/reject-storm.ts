/**
 * Halts an account whose orders the broker rejects one after another, and everything at the broker when that is so of all
 * accounts together: whatever sends such orders is not in order. A person looks, and releases.
 */
import type { OrderEvent } from '../../../domain/order/events.ts';
import { orderStream } from '../../../domain/order/events.ts';
import type { HaltScope } from '../../../domain/risk-policy/kill-switch/events.ts';
import type { Aggregates } from '../../aggregates.ts';
import type { Clock, Ids } from '../../ports/clock-and-ids.ts';
import type { RecordedEvent } from '../../ports/event-store.ts';
import type { Log } from '../../ports/log.ts';
import type { HaltTradingNow } from '../halt-trading.ts';
import { tripCause } from './trip.ts';

export interface RejectStormNeeds {
  readonly aggregates: Pick<Aggregates, 'orders'>;
  readonly haltTrading: HaltTradingNow;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

const WITHIN_MS = 60_000;
const MOST_OF_AN_ACCOUNT = 20;
const MOST_OF_ALL = 60;
const REJECTED: OrderEvent['type'] = 'OrderRejected';

/** Reacts to one event; safe to repeat. What it has counted ends with the process. */
export function createRejectStorm(needs: RejectStormNeeds): (event: RecordedEvent) => Promise<void> {
  const { aggregates, clock, ids, log } = needs;
  /** When the broker rejected: by account, and all of them. */
  const times = new Map<string, number[]>();

  /** How many there were up to this one. */
  function count(key: string, at: number): number {
    const recent = [...(times.get(key) ?? []), at].filter((each) => each > at - WITHIN_MS);
    times.set(key, recent);
    return recent.length;
  }

  async function trip(scope: HaltScope, rejected: number, event: RecordedEvent): Promise<void> {
    const text = `The broker has rejected ${rejected} orders within ${WITHIN_MS / 1000} seconds.`;
    const halted = await needs.haltTrading({
      haltId: ids.named(`reject_storm/${scope.kind}/${event.id}`),
      scope,
      level: 'halted',
      reason: { code: 'reject_storm', text },
      // What works already may be what protects a position.
      cancelOrders: false,
      flatten: false,
      by: { kind: 'trip', trip: 'reject_storm' },
      cause: { ...tripCause('reject_storm', ids), causationId: event.id },
    });
    if (halted.kind === 'done' && halted.recorded) log.alarm('a storm of rejections: trading is halted', { ...scope });
  }

  return async (event) => {
    if (event.type !== REJECTED || !event.stream.startsWith(orderStream(''))) return;
    const order = await aggregates.orders.load(event.stream);
    if (order.status === 'none') return;
    const { accountId } = order.ticket;
    const at = Date.parse(event.recordedAt);
    const ofAccount = count(accountId, at);
    const ofAll = count('', at);
    // One of long ago is read again after a start; nobody is halted for what is over.
    if (Date.parse(clock.now()) - at > WITHIN_MS) return;
    if (ofAccount > MOST_OF_AN_ACCOUNT) await trip({ kind: 'account', accountId, symbol: null }, ofAccount, event);
    if (ofAll > MOST_OF_ALL) await trip({ kind: 'broker', broker: 'alpaca' }, ofAll, event);
  };
}
