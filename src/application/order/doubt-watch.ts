/** Telling people of orders of which nobody knows whether the broker has them: none may stay so without a person knowing. */
import type { OrderState } from '../../domain/order/state.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Log } from '../ports/log.ts';

/** Looks at an order; raises the alarm once for each one that stays in doubt. */
export type WatchDoubt = (order: OrderState) => void;

/** A person knows within 65 seconds: orders are looked at every five, a look-up may take eight, and another process may have to take over first. */
const ALARM_AFTER_MS = 45_000;

/** What it has alarmed about is kept in memory: a restart may tell it again, and can not lose it. */
export function createDoubtWatch({ clock, log }: { readonly clock: Clock; readonly log: Log }): WatchDoubt {
  const alarmed = new Set<string>();
  return (order) => {
    if (order.status === 'none') return;
    const { orderId, accountId } = order.ticket;
    if (order.status !== 'claimed' && order.status !== 'unconfirmed') {
      alarmed.delete(orderId);
      return;
    }
    const age = Date.parse(clock.now()) - Date.parse(order.sentSince ?? order.intendedAt);
    if (age < ALARM_AFTER_MS || alarmed.has(orderId)) return;
    alarmed.add(orderId);
    log.alarm('an order stays in doubt', { accountId, orderId, seconds: Math.round(age / 1000) });
  };
}
