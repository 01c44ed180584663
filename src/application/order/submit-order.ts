/**
 * Sending one placed order: the claim is committed before the broker is called, so that only one process sends it and
 * no order leaves without a record. An answer that never came leaves the order unconfirmed; it is looked up, never
 * sent again.
 */
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isTooOld } from '../../domain/order/order.ts';
import type { OrderCommand } from '../../domain/order/order.ts';
import { admissionOf } from '../../domain/risk-policy/admission.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { heldBackBy } from '../../domain/risk-policy/position-mismatch.ts';
import type { Cause } from '../handle.ts';
import { createHaltLook, haltedOrder } from '../risk-policy/last-look.ts';
import type { Looked } from '../risk-policy/last-look.ts';
import type { Submitted, SubmitOrderNeeds } from './sending.ts';
import { createWaitToSend } from './wait-to-send.ts';

/** It may wait for the account's gate, and for its turn, for as long as the intent is fresh; `signal` ends that. */
export type SubmitOrder = (orderId: string, cause: Cause, signal: AbortSignal) => Promise<Submitted>;

const SETTLED: Submitted = { kind: 'settled' };
/** A process that was stopped for longer after its claim does not send: others look the order up, and it may be stale. */
const CLAIM_SERVES_MS = 5_000;
/** And one that was stopped later: not a byte leaves. Others take a claim for a dead one's after 15 s. */
const CLAIM_SENDS_MS = 10_000;
/** A link that is just being renewed is back within this time. */
const LINK_MAY_COME_MS = 5_000;
/** So long until the halts in force are asked for again when they could not be read. */
const LOOK_AGAIN_MS = 1_000;

export function createSubmitOrder(needs: SubmitOrderNeeds): SubmitOrder {
  const { aggregates, broker, linked, gates, clock, ids, recordBrokerOrder, pass } = needs;
  const waitToSend = createWaitToSend(needs);
  return async (orderId, cause, signal) => {
    const stream = orderStream(orderId);
    const record = (command: OrderCommand) => aggregates.orders.handle(stream, command, cause);

    // What follows is read after the wait: the order may have been cancelled, or the link have ended meanwhile.
    const waited = await waitToSend(orderId, cause, signal);
    if (waited !== null) return waited;

    const order = await aggregates.orders.load(stream);
    if (order.status !== 'placed') return SETTLED;
    const { accountId } = order.ticket;
    const risk = await aggregates.risk.load(riskStream(accountId));
    const admission = admissionOf(risk, order.ticket);
    if (admission === null) {
      needs.log.alarm('an order that was never admitted is not sent', { orderId });
      await record({ type: 'RecordNotSent', reason: 'The risk engine has not admitted this order.', at: clock.now() });
      return SETTLED;
    }
    const access = await linked.accessFor(accountId);
    if (access === null) {
      const at = clock.now();
      if (Date.parse(at) - Date.parse(order.intendedAt) < LINK_MAY_COME_MS) return { kind: 'again', afterMs: 500 };
      await record({ type: 'RecordNotSent', reason: 'The account has no active broker link.', at });
      return SETTLED;
    }

    const isClosing = admission.channel === 'kill-switch';
    const unclear = isClosing ? null : heldBackBy(risk, order.ticket.symbol);
    if (unclear !== null) {
      await record({ type: 'RecordNotSent', reason: unclear, at: clock.now() });
      return SETTLED;
    }
    const halts = createHaltLook(needs, access, order.ticket, haltedOrder(risk, order.ticket, isClosing));
    /** A halt is not waited out; while the halts can not be read the order waits, as long as it may. */
    const heldBack = async ({ kind, reason }: Exclude<Looked, { kind: 'clear' }>): Promise<Submitted> => {
      const at = clock.now();
      if (kind === 'unknown' && !isTooOld(order, at)) return { kind: 'again', afterMs: LOOK_AGAIN_MS };
      await record({ type: 'RecordNotSent', reason, at });
      return SETTLED;
    };
    const first = await halts.look();
    if (first.kind !== 'clear') return heldBack(first);

    pass('before-claim');
    const claimId = ids.random();
    const claimedAt = clock.now();
    const claimed = await record({ type: 'ClaimSubmission', claimId, at: claimedAt });
    if (claimed.kind === 'refused' || claimed.state.status !== 'claimed' || claimed.state.claimId !== claimId) {
      return SETTLED;
    }
    pass('after-claim');
    const notNow = (reason: string) => record({ type: 'RecordSubmissionFailed', claimId, reason, at: clock.now() });
    const last = await halts.look();
    if (last.kind !== 'clear') {
      await notNow(last.reason);
      return heldBack(last);
    }
    const isWithin = (limitMs: number): boolean => Date.parse(clock.now()) - Date.parse(claimedAt) <= limitMs;
    if (!isWithin(CLAIM_SERVES_MS)) {
      await notNow('The process stood still before it could send the order.');
      return { kind: 'again', afterMs: 0 };
    }
    if (!gates.isOpen(accountId) && !isClosing) {
      await notNow('The connection to the broker was lost before the order was sent.');
      return { kind: 'again', afterMs: 0 };
    }
    const lastLook = async (): Promise<boolean> => (await halts.lastLook()) && isWithin(CLAIM_SENDS_MS);
    const outcome = await broker.submit(access, admission, clientOrderId(orderId, 0), lastLook);
    pass('after-broker-answer');
    const at = clock.now();
    switch (outcome.kind) {
      case 'acknowledged':
        await recordBrokerOrder(access, { order: outcome.order, execution: null, reason: null }, cause);
        pass('after-outcome-recorded');
        return SETTLED;
      case 'rejected':
        await record({ type: 'RecordRejected', code: outcome.code, reason: outcome.reason, at });
        pass('after-outcome-recorded');
        return SETTLED;
      case 'unauthorized':
        await record({ type: 'RecordRejected', code: 'unauthorized', reason: outcome.reason, at });
        await needs.reportRevoked(access, outcome.reason, cause);
        return SETTLED;
      case 'not_sent':
        await record({ type: 'RecordSubmissionFailed', claimId, reason: outcome.reason, at });
        return { kind: 'again', afterMs: outcome.retryAfterMs };
      case 'known_already':
        await record({ type: 'RecordUnconfirmed', reason: 'The broker knows this order already.', at });
        return { kind: 'doubt' };
      case 'unknown':
        await record({ type: 'RecordUnconfirmed', reason: outcome.reason, at });
        return { kind: 'doubt' };
    }
  };
}
