/**
 * What an order waits for before it is claimed: its account's gate, and a turn among the requests that the broker allows. It
 * comes before the claim, so that nothing is claimed meanwhile. Waiting ends no order; its age does.
 */
import { orderStream } from '../../domain/order/events.ts';
import { isTooOld, maxIntentAgeSeconds } from '../../domain/order/order.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { admissionOf } from '../../domain/risk-policy/admission.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess } from '../ports/broker.ts';
import type { Submitted, SubmitOrderNeeds } from './sending.ts';

/** Null when the order may be sent, or when there is nothing to wait for. */
export type WaitToSend = (orderId: string, cause: Cause, signal: AbortSignal) => Promise<Submitted | null>;

/** So long it waits before the gate at a time: the order, or the link, may end meanwhile. */
const WAIT_MS = 1_000;

export function createWaitToSend(needs: SubmitOrderNeeds): WaitToSend {
  const { aggregates, broker, linked, gates, clock } = needs;

  /** Whether the gate has opened meanwhile. */
  async function opens(accountId: string, signal: AbortSignal): Promise<boolean> {
    const turn = needs.childOf(signal);
    await Promise.race([gates.opened(accountId, turn.signal), clock.sleep(WAIT_MS, turn.signal)]);
    turn.abort();
    return gates.isOpen(accountId);
  }

  /** An order that closes a position because trading was stopped does not wait: the broker's own position is its measure. */
  async function waitAtGate({ ticket }: LiveOrder, cause: Cause, signal: AbortSignal): Promise<Submitted | null> {
    const { orderId, accountId } = ticket;
    if (gates.isOpen(accountId)) return null;
    const risk = await aggregates.risk.load(riskStream(accountId));
    if (admissionOf(risk, ticket)?.channel === 'kill-switch') return null;
    if (!(await opens(accountId, signal)) && !signal.aborted) {
      const reason = 'Waiting for the broker connection.';
      const command = { type: 'RecordSubmissionDelayed', reason, at: clock.now() } as const;
      await aggregates.orders.handle(orderStream(orderId), command, cause);
    }
    return { kind: 'again', afterMs: 0 };
  }

  /** Nothing is recorded for each time that the broker takes none. */
  async function waitForTurn(
    order: LiveOrder,
    access: BrokerAccess,
    cause: Cause,
    signal: AbortSignal,
  ): Promise<Submitted | null> {
    const allowed = maxIntentAgeSeconds(order.ticket.type) * 1_000;
    const age = (): number => Date.parse(clock.now()) - Date.parse(order.intendedAt);
    const left = allowed - age();
    if (left <= 0) return null;
    const turn = await broker.ready(access, left, signal);
    if (turn.kind === 'ready') return null;
    if (signal.aborted || age() < allowed) return { kind: 'again', afterMs: turn.retryAfterMs };
    const reason = `The order was ${Math.floor(age() / 1_000)} s old before it could be sent. ${turn.reason}`;
    const command = { type: 'RecordNotSent', reason, at: clock.now() } as const;
    await aggregates.orders.handle(orderStream(order.ticket.orderId), command, cause);
    return { kind: 'settled' };
  }

  return async (orderId, cause, signal) => {
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status !== 'placed') return null;
    // A restored backup may have lost that it was sent: what is old ends for its age after the first comparison, not before.
    if (isTooOld(order, clock.now()) && gates.hasOpened(order.ticket.accountId)) return null;
    const access = await linked.accessFor(order.ticket.accountId);
    if (access === null) return null;
    return (await waitAtGate(order, cause, signal)) ?? waitForTurn(order, access, cause, signal);
  };
}
