/** Passing requests to cancel or change a working order on to the broker. Both may be repeated without harm. */
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { replacementAdmissionOf } from '../../domain/risk-policy/admission.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { heldBackBy } from '../../domain/risk-policy/position-mismatch.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess, BrokerOrder } from '../ports/broker.ts';
import { createHaltLook, haltedOrder } from '../risk-policy/last-look.ts';
import { createOverdue } from './overdue.ts';
import type { SubmitOrderNeeds } from './sending.ts';

/** Does what can be done now; the sweep of the order desk comes back to what is left. */
export type SendRequest = (orderId: string, cause: Cause, signal: AbortSignal) => Promise<void>;

export function createSendCancel(needs: SubmitOrderNeeds): SendRequest {
  const { aggregates, broker, linked, clock } = needs;
  const overdue = createOverdue(needs);
  return async (orderId, cause) => {
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status !== 'working' || !order.cancelRequested || order.brokerOrderId === null) return;
    const isOverdue = overdue.mustLookUp(order);
    const access = await linked.accessFor(order.ticket.accountId);
    if (access === null) return;
    const outcome = await broker.cancel(access, order.brokerOrderId);
    needs.pass('after-cancel-answered');
    if (outcome.kind === 'unauthorized') await needs.reportRevoked(access, outcome.reason, cause);
    if (outcome.kind !== 'refused') {
      if (isOverdue) await look(needs, access, order.brokerOrderId, cause);
      return;
    }
    // It may have been executed meanwhile, or be cancelled already: only the broker's own record tells.
    const there = await look(needs, access, order.brokerOrderId, cause);
    if (there === null || there.status === 'replaced' || there.underWay !== null) return;
    const command = { type: 'RecordCancelRefused', reason: outcome.reason, at: clock.now() } as const;
    await aggregates.orders.handle(orderStream(orderId), command, cause);
  };
}

/** A change that could not be delivered within this time is not what the trader wants any more. */
const REPLACE_ENDS_AFTER_MS = 60_000;

/**
 * The broker takes only one replacement for an order, so a repeated request finds the order replaced, or being replaced,
 * and is refused; what became of the first is looked up then.
 */
export function createSendReplace(needs: SubmitOrderNeeds): SendRequest {
  const { aggregates, broker, linked, gates, clock, log, recordBrokerOrder } = needs;
  const settle = createSettleReplace(needs);
  const overdue = createOverdue(needs);

  /** What follows is read after the wait, since much may happen meanwhile. False when the change must wait longer. */
  async function waitForTurn(orderId: string, signal: AbortSignal): Promise<boolean> {
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status === 'none' || order.replacement === null) return true;
    const left = REPLACE_ENDS_AFTER_MS - (Date.parse(clock.now()) - Date.parse(order.replacement.requestedAt));
    const access = await linked.accessFor(order.ticket.accountId);
    if (access === null || left <= 0) return true;
    return (await broker.ready(access, left, signal)).kind === 'ready';
  }

  return async (orderId, cause, signal) => {
    if (!(await waitForTurn(orderId, signal))) return;
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status === 'none' || isFinal(order) || order.replacement === null || order.brokerOrderId === null) return;
    if (order.cancelRequested) return;
    const { revision, terms, requestedAt } = order.replacement;
    const isOverdue = overdue.mustLookUp(order);
    const access = await linked.accessFor(order.ticket.accountId);
    if (access === null) return;
    const isOld = Date.parse(clock.now()) - Date.parse(requestedAt) > REPLACE_ENDS_AFTER_MS;
    if (isOld) return settle(access, order, 'The change could not be delivered in time.', cause);
    // The trader asked before anything was executed: sent now, the change might execute that once more.
    const reason = 'The order was partly executed before the change could be sent.';
    if (order.executions.length > 0) return settle(access, order, reason, cause);
    // Whoever called comes back when it opens.
    if (!gates.isOpen(order.ticket.accountId)) return;
    const risk = await aggregates.risk.load(riskStream(order.ticket.accountId));
    const admission = replacementAdmissionOf(risk, { orderId, revision, terms });
    if (admission === null) {
      log.alarm('a change that was never admitted is not sent', { orderId, revision });
      const reason = 'The risk engine has not admitted this change.';
      const command = { type: 'RecordReplaceRefused', revision, reason, at: clock.now() } as const;
      await aggregates.orders.handle(orderStream(orderId), command, cause);
      return;
    }
    const heldBack = heldBackBy(risk, order.ticket.symbol);
    // It may have been sent before: the broker's records tell.
    if (heldBack !== null) return settle(access, order, heldBack, cause);
    const changed = { ...order.ticket, ...terms };
    const halts = createHaltLook(needs, access, changed, haltedOrder(risk, changed, false));
    const looked = await halts.look();
    if (looked.kind === 'stopped') return settle(access, order, looked.reason, cause);
    if (looked.kind !== 'clear') return;
    const outcome = await broker.replace(
      access,
      order.brokerOrderId,
      admission,
      clientOrderId(orderId, revision),
      halts.lastLook,
    );
    needs.pass('after-change-answered');
    if (outcome.kind === 'accepted') {
      await recordBrokerOrder(access, { order: outcome.order, execution: null, reason: null }, cause);
    }
    if (outcome.kind === 'unauthorized') await needs.reportRevoked(access, outcome.reason, cause);
    if (outcome.kind === 'refused') await settle(access, order, outcome.reason, cause);
    if (outcome.kind === 'unknown' && isOverdue) await look(needs, access, order.brokerOrderId, cause);
  };
}

export type SettleReplace = (access: BrokerAccess, order: LiveOrder, reason: string, cause: Cause) => Promise<void>;

/**
 * Finds out what became of a change that the broker is said to have refused. It counts as refused only when the
 * replacement is not there and the old order works on with nothing under way; a mere "not found" proves nothing.
 */
export function createSettleReplace(needs: SubmitOrderNeeds): SettleReplace {
  const { aggregates, broker, clock, recordBrokerOrder } = needs;
  return async (access, order, reason, cause) => {
    const { replacement, brokerOrderId, ticket } = order;
    if (replacement === null || brokerOrderId === null) return;
    const found = await broker.byClientOrderId(access, clientOrderId(ticket.orderId, replacement.revision));
    if (found.kind === 'found') {
      await recordBrokerOrder(access, { order: found.value, execution: null, reason }, cause);
      await look(needs, access, brokerOrderId, cause);
      return;
    }
    if (found.kind !== 'not_found') return;
    const old = await look(needs, access, brokerOrderId, cause);
    if (old === null || old.status === 'replaced' || old.underWay !== null) return;
    const command = {
      type: 'RecordReplaceRefused',
      revision: replacement.revision,
      reason,
      at: clock.now(),
    } as const;
    await aggregates.orders.handle(orderStream(ticket.orderId), command, cause);
  };
}

/** Records how the broker has an order now; null when it does not tell. */
async function look(
  { broker, recordBrokerOrder }: SubmitOrderNeeds,
  access: BrokerAccess,
  brokerOrderId: string,
  cause: Cause,
): Promise<BrokerOrder | null> {
  const found = await broker.byId(access, brokerOrderId);
  if (found.kind !== 'found') return null;
  await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
  return found.value;
}
