/** Requests to cancel or change an order that the broker has not decided for long: they are looked up, and people told. */
import type { LiveOrder } from '../../domain/order/state.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Log } from '../ports/log.ts';

/** An answer that has not come by now is not waited for: the broker's records are asked. */
const LOOK_UP_AFTER_MS = 30_000;
/** Nobody's request may hang for longer without a person knowing. */
const ALARM_AFTER_MS = 300_000;

export interface Overdue {
  /** Whether the order has a request that has waited for so long that it must be looked up; alarms, once, when longer. */
  mustLookUp(order: LiveOrder): boolean;
}

export function createOverdue({ clock, log }: { readonly clock: Clock; readonly log: Log }): Overdue {
  /** Requests of which people have been told. */
  const alarmed = new Set<string>();
  return {
    mustLookUp({ ticket, cancelRequested, cancelRequestedAt, replacement }) {
      const since = cancelRequested ? cancelRequestedAt : (replacement?.requestedAt ?? null);
      if (since === null) return false;
      const waited = Date.parse(clock.now()) - Date.parse(since);
      const request = `${ticket.orderId} ${since}`;
      if (waited >= ALARM_AFTER_MS && !alarmed.has(request)) {
        alarmed.add(request);
        const { orderId, accountId } = ticket;
        const what = cancelRequested ? 'cancel' : 'change';
        log.alarm('a request has not been decided for long', { orderId, accountId, what, since });
      }
      return waited >= LOOK_UP_AFTER_MS;
    },
  };
}
