/**
 * The order desk: sees to it that every order goes on its way. Events move it at once; a sweep over unfinished orders finds
 * whatever a dead process, a lost message or a broker that did not answer has left behind. All that it does is safe to
 * repeat, because every step is decided against the order's own stream.
 */
import { orderStream } from '../../domain/order/events.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import type { OrderAdmitted } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Cause } from '../handle.ts';
import type { EventStore, Position, RecordedEvent } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import type { UnfinishedOrders } from '../ports/progress.ts';
import { placeAdmitted } from './place-order.ts';
import { lookAtOrder } from './reconcile-account.ts';
import type { SendRequest } from './send-requests.ts';
import type { ConfirmOrder, SubmitOrder, SubmitOrderNeeds } from './submit-order.ts';

export interface OrderDeskNeeds extends SubmitOrderNeeds {
  readonly store: EventStore;
  readonly unfinished: UnfinishedOrders;
  readonly submit: SubmitOrder;
  readonly confirm: ConfirmOrder;
  readonly sendCancel: SendRequest;
  readonly sendReplace: SendRequest;
  readonly log: Log;
  readonly sweepEveryMs: number;
}

/** Looking up an order in doubt, again and again: milliseconds between the tries; the last one repeats. */
const CONFIRM_AFTER_MS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const;
/** Working orders looked at in one sweep, so that look-ups leave the broker's request budget to orders. */
const LOOK_UPS_PER_SWEEP = 5;

export interface OrderDesk {
  /** Reacts to events after a position, until `signal` aborts. */
  follow(after: Position, signal: AbortSignal): Promise<void>;
  /** Sweeps at once and then every so often, until `signal` aborts. */
  sweep(signal: AbortSignal): Promise<void>;
}

export function createOrderDesk(needs: OrderDeskNeeds): OrderDesk {
  const { store, aggregates, unfinished, clock, ids, linked, log } = needs;
  /** One errand an order at a time in this process; another one asked for meanwhile runs afterwards. */
  const errands = new Map<string, Promise<void>>();
  let nextLook = 0;

  function run(orderId: string, signal: AbortSignal, errand: () => Promise<void>): Promise<void> {
    const before = errands.get(orderId) ?? Promise.resolve();
    const mine = before.then(async () => {
      if (signal.aborted) return;
      try {
        await errand();
      } catch (error) {
        log.alarm('an errand for an order failed; the sweep will try again', { orderId, error: String(error) });
      }
    });
    errands.set(orderId, mine);
    void mine.then(() => {
      if (errands.get(orderId) === mine) errands.delete(orderId);
    });
    return mine;
  }

  async function submit(orderId: string, cause: Cause, signal: AbortSignal): Promise<void> {
    for (;;) {
      const result = await needs.submit(orderId, cause);
      if (result.kind === 'doubt') return confirm(orderId, cause, signal);
      if (result.kind !== 'again' || signal.aborted) return;
      await clock.sleep(result.afterMs, signal);
    }
  }

  async function confirm(orderId: string, cause: Cause, signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      const result = await needs.confirm(orderId, cause);
      if (result.kind === 'settled') return;
      await clock.sleep(CONFIRM_AFTER_MS[Math.min(tries, CONFIRM_AFTER_MS.length - 1)] ?? 8_000, signal);
    }
  }

  /** What an order needs now, judged by its own stream. */
  async function attend(orderId: string, cause: Cause, signal: AbortSignal): Promise<void> {
    const order = await aggregates.orders.load(orderStream(orderId));
    switch (order.status) {
      case 'placed':
        return submit(orderId, cause, signal);
      case 'claimed':
      case 'unconfirmed':
        return confirm(orderId, cause, signal);
      case 'working':
        if (order.cancelRequested) await needs.sendCancel(orderId, cause);
        if (order.replacement !== null) await needs.sendReplace(orderId, cause);
        return;
      default:
        return;
    }
  }

  const CONCERNS: readonly string[] = [
    'OrderPlaced',
    'OrderAcknowledged',
    'CancelRequested',
    'ReplaceRequested',
  ] satisfies OrderEvent['type'][];

  function react(event: RecordedEvent, signal: AbortSignal): void {
    if (!event.stream.startsWith(orderStream('')) || !CONCERNS.includes(event.type)) return;
    const orderId = event.stream.slice(orderStream('').length);
    const cause = causedBy(event);
    void run(orderId, signal, () => attend(orderId, cause, signal));
  }

  async function finishAdmission(orderId: string, accountId: string): Promise<void> {
    for (const event of await store.readStream(riskStream(accountId))) {
      const data = event.data as OrderAdmitted['data'];
      if (event.type !== 'OrderAdmitted' || data.ticket.orderId !== orderId) continue;
      await placeAdmitted(
        aggregates,
        { ticket: data.ticket, channel: data.channel, at: data.admittedAt },
        causedBy(event),
      );
    }
  }

  async function sweepOnce(signal: AbortSignal): Promise<void> {
    for (const { orderId, accountId } of await unfinished.admittedOnly()) {
      await run(orderId, signal, () => finishAdmission(orderId, accountId));
    }
    const placed = await unfinished.placed();
    for (const { orderId } of placed) {
      if (!errands.has(orderId)) void run(orderId, signal, () => attend(orderId, sweepCause(), signal));
    }
    for (let looks = 0; looks < Math.min(LOOK_UPS_PER_SWEEP, placed.length); looks += 1) {
      const chosen = placed[nextLook++ % placed.length];
      const access = chosen === undefined ? null : await linked.accessFor(chosen.accountId);
      if (chosen === undefined || access === null) continue;
      const look = { aggregates, records: needs.broker, recordBrokerOrder: needs.recordBrokerOrder };
      await run(chosen.orderId, signal, () => lookAtOrder(look, access, chosen.orderId, sweepCause()));
    }
  }

  const sweepCause = (): Cause => ({
    correlationId: ids.random(),
    causationId: null,
    actor: { kind: 'system', id: 'order-desk' },
  });

  return {
    async follow(after, signal) {
      for await (const batch of store.subscribe(after, signal)) {
        for (const event of batch) react(event, signal);
      }
    },
    async sweep(signal) {
      while (!signal.aborted) {
        try {
          await sweepOnce(signal);
        } catch (error) {
          log.warn('a sweep failed', { error: String(error) });
        }
        await clock.sleep(needs.sweepEveryMs, signal);
      }
    },
  };
}

const causedBy = (event: RecordedEvent): Cause => ({
  correlationId: event.metadata.correlationId,
  causationId: event.id,
  actor: { kind: 'system', id: 'order-desk' },
});
