/**
 * Sending one placed order: the claim is committed before the broker is called, so that only one process sends it and
 * no order leaves without a record. An answer that never came leaves the order unconfirmed; it is looked up, never
 * sent again.
 */
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { orderStream } from '../../domain/order/events.ts';
import { maxIntentAgeSeconds } from '../../domain/order/order.ts';
import type { OrderCommand } from '../../domain/order/order.ts';
import { admissionOf } from '../../domain/risk-policy/admission.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { LinkedAccounts, OrderEntry, OrderRecords } from '../ports/broker.ts';
import type { Ids } from '../ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import type { ReportRevoked } from '../account/link-broker.ts';
import { createHaltLook, haltedOrder } from '../risk-policy/last-look.ts';
import type { HaltLookNeeds, Looked } from '../risk-policy/last-look.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';

export interface SubmitOrderNeeds extends HaltLookNeeds {
  readonly aggregates: Aggregates;
  readonly broker: OrderEntry & OrderRecords;
  readonly linked: LinkedAccounts;
  readonly ids: Ids;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly reportRevoked: ReportRevoked;
  readonly pass: PassCrashPoint;
}

/**
 * `again`: it was not sent, and may be tried again after so many milliseconds. `doubt`: it must be looked up; after so many
 * milliseconds that could end the doubt, where that is known.
 */
export type Submitted =
  | { readonly kind: 'settled' }
  | { readonly kind: 'doubt'; readonly afterMs?: number }
  | { readonly kind: 'again'; readonly afterMs: number };

/** It may wait for its turn for as long as the intent is fresh; `signal` ends that. */
export type SubmitOrder = (orderId: string, cause: Cause, signal: AbortSignal) => Promise<Submitted>;

const SETTLED: Submitted = { kind: 'settled' };
/** A process that was stopped for longer after its claim does not send: others look the order up, and it may be stale. */
const CLAIM_SERVES_MS = 5_000;
/** A link that is just being renewed is back within this time. */
const LINK_MAY_COME_MS = 5_000;
/** So long until the halts in force are asked for again when they could not be read. */
const LOOK_AGAIN_MS = 1_000;

export function createSubmitOrder(needs: SubmitOrderNeeds): SubmitOrder {
  const { aggregates, broker, linked, clock, ids, recordBrokerOrder, pass } = needs;
  const waitForTurn = createWaitForTurn(needs);
  return async (orderId, cause, signal) => {
    const stream = orderStream(orderId);
    const record = (command: OrderCommand) => aggregates.orders.handle(stream, command, cause);

    // What follows is read after the wait: the order may have been cancelled, or the link have ended meanwhile.
    const waited = await waitForTurn(orderId, cause, signal);
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

    const halts = createHaltLook(
      needs,
      access,
      order.ticket,
      haltedOrder(risk, order.ticket, admission.channel === 'kill-switch'),
    );
    /** A halt is not waited out; while the halts can not be read the order waits, as long as it may. */
    const heldBack = async ({ kind, reason }: Exclude<Looked, { kind: 'clear' }>): Promise<Submitted> => {
      const at = clock.now();
      const isOld = Date.parse(at) - Date.parse(order.intendedAt) > maxIntentAgeSeconds(order.ticket.type) * 1000;
      if (kind === 'unknown' && !isOld) return { kind: 'again', afterMs: LOOK_AGAIN_MS };
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
    const last = await halts.look();
    if (last.kind !== 'clear') {
      await record({ type: 'RecordSubmissionFailed', claimId, reason: last.reason, at: clock.now() });
      return heldBack(last);
    }
    if (Date.parse(clock.now()) - Date.parse(claimedAt) > CLAIM_SERVES_MS) {
      const reason = 'The process stood still before it could send the order.';
      await record({ type: 'RecordSubmissionFailed', claimId, reason, at: clock.now() });
      return { kind: 'again', afterMs: 0 };
    }
    const outcome = await broker.submit(access, admission, clientOrderId(orderId, 0), halts.lastLook);
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

/**
 * Waits until an order may be sent, for as long as its intent is fresh. It comes before the claim, so that nothing is claimed
 * meanwhile, and nothing recorded for each time that the broker takes none. Waiting ends no order; its age does. Null
 * when it may be sent, or when there is nothing to wait for.
 */
function createWaitForTurn({ aggregates, broker, linked, clock }: SubmitOrderNeeds) {
  return async (orderId: string, cause: Cause, signal: AbortSignal): Promise<Submitted | null> => {
    const stream = orderStream(orderId);
    const order = await aggregates.orders.load(stream);
    if (order.status !== 'placed') return null;
    const access = await linked.accessFor(order.ticket.accountId);
    const age = (): number => Date.parse(clock.now()) - Date.parse(order.intendedAt);
    const left = maxIntentAgeSeconds(order.ticket.type) * 1_000 - age();
    if (access === null || left <= 0) return null;
    const turn = await broker.ready(access, left, signal);
    if (turn.kind === 'ready') return null;
    if (signal.aborted || age() < maxIntentAgeSeconds(order.ticket.type) * 1_000) {
      return { kind: 'again', afterMs: turn.retryAfterMs };
    }
    const reason = `The order was ${Math.floor(age() / 1_000)} s old before it could be sent. ${turn.reason}`;
    await aggregates.orders.handle(stream, { type: 'RecordNotSent', reason, at: clock.now() }, cause);
    return SETTLED;
  };
}

/** A claim this old belongs to a process that died: the broker call gives up long before. */
const CLAIM_ENDS_AFTER_MS = 15_000;
/** The broker has had time enough to show an order that it received. */
const GIVE_UP_AFTER_MS = 60_000;
/**
 * Nobody may stay in doubt for 65 s without a person knowing. A look-up with the wait before it may take 8 s, and another
 * process may have to take over first.
 */
const ALARM_AFTER_MS = 45_000;

/** Around the moment at which it may be given up, look-ups follow quickly: one that fails then must not cost much time. */
const GIVING_UP_MS = 4_000;
const TRY_AGAIN_MS = 500;

function stillInDoubt(age: number): Submitted {
  const left = GIVE_UP_AFTER_MS - age;
  return Math.abs(left) > GIVING_UP_MS ? { kind: 'doubt' } : { kind: 'doubt', afterMs: Math.max(left, TRY_AGAIN_MS) };
}

export type ConfirmOrder = (orderId: string, cause: Cause) => Promise<Submitted>;

/** Looks up an order whose sending ended in doubt. Safe at any time, by any process. */
export function createConfirmOrder(needs: SubmitOrderNeeds): ConfirmOrder {
  const { aggregates, broker, linked, clock, log, recordBrokerOrder } = needs;
  const alarmed = new Set<string>();
  return async (orderId, cause) => {
    const stream = orderStream(orderId);
    const order = await aggregates.orders.load(stream);
    if (order.status !== 'claimed' && order.status !== 'unconfirmed') {
      alarmed.delete(orderId);
      return SETTLED;
    }
    const access = await linked.accessFor(order.ticket.accountId);
    const found = access === null ? null : await broker.byClientOrderId(access, clientOrderId(orderId, 0));
    const age = Date.parse(clock.now()) - Date.parse(order.sentSince ?? order.intendedAt);
    if (access !== null && found?.kind === 'found') {
      await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
      return SETTLED;
    }
    if (access !== null && found?.kind === 'unauthorized') await needs.reportRevoked(access, found.reason, cause);
    if (found?.kind !== 'not_found') {
      if (age >= ALARM_AFTER_MS && !alarmed.has(orderId)) {
        alarmed.add(orderId);
        log.alarm('an order stays in doubt', { orderId, seconds: Math.round(age / 1000) });
      }
      return stillInDoubt(age);
    }

    const at = clock.now();
    if (order.status === 'claimed' && age >= CLAIM_ENDS_AFTER_MS) {
      const reason = 'The process that sent the order ended before the broker had answered.';
      await aggregates.orders.handle(stream, { type: 'RecordUnconfirmed', reason, at }, cause);
    }
    if (order.status === 'unconfirmed' && age >= GIVE_UP_AFTER_MS) {
      const reason = 'The broker knows nothing of the order a minute after it was sent.';
      await aggregates.orders.handle(stream, { type: 'RecordNotReceived', reason, at }, cause);
      log.alarm('an order is given up for lost', { orderId });
      return SETTLED;
    }
    return stillInDoubt(age);
  };
}
