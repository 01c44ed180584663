/**
 * The order desk: follows the linked accounts, and sees to it that every order goes on its way. Events move it at once; a
 * sweep over unfinished orders finds whatever a dead process, a lost message or a broker that did not answer has left
 * behind. Following and sending belong together: an order is sent only while its account's update stream stands.
 *
 * One process runs it at a time, which keeps two from asking the broker the same things. It is not what keeps an order from
 * being sent twice: every step is decided against the order's own stream, and an order is sent only after a claim was
 * appended there at the revision read, so of two desks that want to send it one is refused. Requests to cancel or change
 * may be repeated. So a process that was stopped, and does not know yet that another one is the owner, does no harm.
 */
import { orderStream } from '../../domain/order/events.ts';
import type { OrderEvent, OrderTicket } from '../../domain/order/events.ts';
import type { OrderAdmitted } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Cause } from '../handle.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { EventStore, Position, RecordedEvent } from '../ports/event-store.ts';
import type { UnfinishedOrders } from '../ports/progress.ts';
import { finishAdmission } from './place-order.ts';
import type { SendRequest } from './send-requests.ts';
import type { ConfirmOrder } from './confirm-order.ts';
import type { SubmitOrderNeeds } from './sending.ts';
import type { SubmitOrder } from './submit-order.ts';
import type { SweepAccount } from './sweep-account.ts';

export interface OrderDeskNeeds extends SubmitOrderNeeds {
  readonly store: EventStore;
  readonly unfinished: UnfinishedOrders;
  readonly submit: SubmitOrder;
  readonly confirm: ConfirmOrder;
  readonly sendCancel: SendRequest;
  readonly sendReplace: SendRequest;
  readonly sweepAccount: SweepAccount;
  /** Follows the updates of every linked account and keeps its gate; resolves when `signal` has aborted. */
  readonly followLinkedAccounts: (signal: AbortSignal) => Promise<void>;
  readonly sweepEveryMs: number;
}

/**
 * Looking up an order in doubt: milliseconds between the first tries, and then between all others until it is settled. With
 * the 3 s that a look-up may hang, it is found within 5 s once the broker answers again.
 */
const CONFIRM_AFTER_MS = [250, 500, 1_000] as const;
const CONFIRM_AGAIN_MS = 2_000;
/** The longest that one errand waits before it leaves the next try to the sweep. */
const LONGEST_WAIT_MS = 2_000;

export interface OrderDesk {
  /** Attends to every order, whenever it was placed, until `signal` aborts and what is under way has ended. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Reacts to events after a position, until `signal` aborts. Admissions that were recorded before `begunAt` are placed:
   * whoever was about to do it may have died with the desk before this one.
   */
  follow(after: Position, signal: AbortSignal, begunAt?: string): Promise<void>;
  /** Sweeps at once and then every so often, until `signal` aborts and what is under way has ended. */
  sweep(signal: AbortSignal): Promise<void>;
}

export function createOrderDesk(needs: OrderDeskNeeds): OrderDesk {
  const { store, aggregates, unfinished, gates, clock, ids, watchDoubt, log, childOf } = needs;
  /**
   * One errand an order at a time in this process; another one asked for meanwhile runs afterwards. So for accounts. Cancels
   * go beside.
   */
  const errands = new Map<string, Promise<void>>();
  /** Orders whose change waits for the gate. */
  const waiting = new Set<string>();

  function run(name: string, signal: AbortSignal, errand: () => Promise<void>): Promise<void> {
    const before = errands.get(name) ?? Promise.resolve();
    const mine = before.then(async () => {
      if (signal.aborted) return;
      try {
        await unlessUnreadable(errand());
      } catch (error) {
        log.alarm('an errand for an order failed; the sweep will try again', { name, error: String(error) });
      }
    });
    errands.set(name, mine);
    void mine.then(() => {
      if (errands.get(name) === mine) errands.delete(name);
    });
    return mine;
  }

  async function submit(orderId: string, cause: Cause, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const result = await needs.submit(orderId, cause, signal);
      if (result.kind === 'doubt') return confirm(orderId, cause, signal);
      if (result.kind !== 'again' || result.afterMs > LONGEST_WAIT_MS) return;
      await clock.sleep(result.afterMs, signal);
    }
  }

  async function confirm(orderId: string, cause: Cause, signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      const result = await needs.confirm(orderId, cause);
      if (result.kind === 'settled') return;
      await clock.sleep(result.afterMs ?? CONFIRM_AFTER_MS[tries] ?? CONFIRM_AGAIN_MS, signal);
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
        if (order.cancelRequested) await needs.sendCancel(orderId, cause, signal);
        else if (order.replacement !== null) {
          await needs.sendReplace(orderId, cause, signal);
          attendWhenOpen(order.ticket, cause, signal);
        }
        return;
      default:
        return;
    }
  }

  /** A change waits outside of the order's errand, so that a cancellation that is asked for meanwhile does not. */
  function attendWhenOpen({ orderId, accountId }: OrderTicket, cause: Cause, signal: AbortSignal): void {
    if (gates.isOpen(accountId) || waiting.has(orderId)) return;
    waiting.add(orderId);
    void gates.opened(accountId, signal).then(() => {
      waiting.delete(orderId);
      return run(orderId, signal, () => attend(orderId, cause, signal));
    });
  }

  const CONCERNS: readonly string[] = [
    'OrderPlaced',
    'OrderAcknowledged',
    'CancelRequested',
    'ReplaceRequested',
  ] satisfies OrderEvent['type'][];

  function react(event: RecordedEvent, signal: AbortSignal, begunAt: string): void {
    if (event.unreadable !== undefined) return;
    if (event.stream.startsWith(riskStream('')) && event.type === 'OrderAdmitted' && event.recordedAt <= begunAt) {
      const { orderId, accountId } = (event.data as OrderAdmitted['data']).ticket;
      void run(orderId, signal, () => finish(orderId, accountId, causedBy(event), signal));
    }
    if (!event.stream.startsWith(orderStream('')) || !CONCERNS.includes(event.type)) return;
    const orderId = event.stream.slice(orderStream('').length);
    const cause = causedBy(event);
    // A cancel does not queue up behind a change or an order that waits for its turn.
    if (event.type === 'CancelRequested') {
      void run(`cancel of ${orderId}`, signal, () => needs.sendCancel(orderId, cause, signal));
    } else {
      void run(orderId, signal, () => attend(orderId, cause, signal));
    }
  }

  async function finish(orderId: string, accountId: string, cause: Cause, signal: AbortSignal): Promise<void> {
    await finishAdmission(needs, { orderId, accountId }, DESK);
    // It may be placed already, where the read model can not show it.
    await attend(orderId, cause, signal);
  }

  async function sweepOnce(look: 'load' | 'glance', signal: AbortSignal): Promise<void> {
    // Those of whoever ran it before are placed at once: nobody else may be left to do it.
    for (const { orderId, accountId } of await unfinished.admittedOnly(look === 'load' ? 'any' : 'a second')) {
      void run(orderId, signal, () => finish(orderId, accountId, sweepCause(), signal));
    }
    const working = new Map<string, string[]>();
    for (const { orderId, accountId } of await unfinished.placed()) {
      if (signal.aborted) return;
      const order = await unlessUnreadable(aggregates.orders[look](orderStream(orderId)));
      if (order === undefined) continue;
      watchDoubt(order);
      if (order.status === 'working') working.set(accountId, [...(working.get(accountId) ?? []), orderId]);
      const waits = order.status !== 'working' || order.cancelRequested || order.replacement !== null;
      if (waits && !errands.has(orderId)) void run(orderId, signal, () => attend(orderId, sweepCause(), signal));
    }
    for (const [accountId, orderIds] of working) {
      const errand = `account ${accountId}`;
      if (!errands.has(errand)) void run(errand, signal, () => needs.sweepAccount(accountId, orderIds, sweepCause()));
    }
  }

  const sweepCause = (): Cause => ({
    correlationId: ids.random(),
    causationId: null,
    actor: DESK,
  });

  async function follow(after: Position, signal: AbortSignal, begunAt = ''): Promise<void> {
    for await (const batch of store.subscribe(after, signal)) {
      for (const event of batch) react(event, signal, begunAt);
    }
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    // What this process remembers of orders that another desk has attended to until now may be old.
    let look: 'load' | 'glance' = 'load';
    while (!signal.aborted) {
      try {
        await sweepOnce(look, signal);
        look = 'glance';
      } catch (error) {
        log.warn('a sweep failed', { error: String(error) });
      }
      await clock.sleep(needs.sweepEveryMs, signal);
    }
    await Promise.all(errands.values());
  }

  return {
    follow,
    sweep,
    async run(signal) {
      // Asked before the first sweep: no order is too new for that and too old for what follows.
      const known = await unfinished.knownUpTo();
      const begunAt = clock.now();
      const both = childOf(signal);
      const parts = [
        follow(known, both.signal, begunAt),
        sweep(both.signal),
        needs.followLinkedAccounts(both.signal),
      ].map((part) => part.finally(both.abort));
      await Promise.allSettled(parts);
      await Promise.all(parts);
    },
  };
}

const DESK = { kind: 'system', id: 'order-desk' } as const;

const causedBy = (event: RecordedEvent): Cause => ({
  correlationId: event.metadata.correlationId,
  causationId: event.id,
  actor: DESK,
});
