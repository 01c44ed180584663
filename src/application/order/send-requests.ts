/** Passing requests to cancel or change a working order on to the broker. Both may be repeated without harm. */
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess } from '../ports/broker.ts';
import type { SubmitOrderNeeds } from './submit-order.ts';

/** True when nothing is left to be done; false when it should be tried again. */
export type SendRequest = (orderId: string, cause: Cause) => Promise<boolean>;

export function createSendCancel(needs: SubmitOrderNeeds): SendRequest {
  const { aggregates, broker, linked, clock } = needs;
  return async (orderId, cause) => {
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status !== 'working' || !order.cancelRequested || order.brokerOrderId === null) return true;
    const access = await linked.accessFor(order.ticket.accountId);
    if (access === null) return false;
    const outcome = await broker.cancel(access, order.brokerOrderId);
    if (outcome.kind === 'accepted') return true;
    if (outcome.kind !== 'refused') return false;
    // It may have been executed meanwhile: the broker's own record tells.
    await refresh(needs, access, order.brokerOrderId, cause);
    const command = { type: 'RecordCancelRefused', reason: outcome.reason, at: clock.now() } as const;
    await aggregates.orders.handle(orderStream(orderId), command, cause);
    return true;
  };
}

/** A change that could not be delivered within this time is not what the trader wants any more. */
const REPLACE_ENDS_AFTER_MS = 60_000;

/**
 * The broker takes only one replacement for an order, so a repeated request finds the order replaced and is refused;
 * what became of the first is looked up then.
 */
export function createSendReplace(needs: SubmitOrderNeeds): SendRequest {
  const { aggregates, broker, linked, clock, recordBrokerOrder } = needs;
  return async (orderId, cause) => {
    const stream = orderStream(orderId);
    const order = await aggregates.orders.load(stream);
    if (order.status === 'none' || isFinal(order) || order.replacement === null || order.brokerOrderId === null)
      return true;
    const { revision, terms, requestedAt } = order.replacement;
    const access = await linked.accessFor(order.ticket.accountId);
    if (access === null) return false;

    const newId = clientOrderId(orderId, revision);
    const old = Date.parse(clock.now()) - Date.parse(requestedAt) > REPLACE_ENDS_AFTER_MS;
    const outcome = old
      ? ({ kind: 'refused', reason: 'The change could not be delivered in time.' } as const)
      : await broker.replace(access, order.brokerOrderId, terms, newId);
    if (outcome.kind === 'accepted') {
      await recordBrokerOrder(access, { order: outcome.order, execution: null, reason: null }, cause);
      return true;
    }
    if (outcome.kind !== 'refused') return false;
    const found = await broker.byClientOrderId(access, newId);
    if (found.kind === 'found') {
      await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
      await refresh(needs, access, order.brokerOrderId, cause);
      return true;
    }
    if (found.kind !== 'not_found') return false;
    await refresh(needs, access, order.brokerOrderId, cause);
    const command = { type: 'RecordReplaceRefused', revision, reason: outcome.reason, at: clock.now() } as const;
    await aggregates.orders.handle(stream, command, cause);
    return true;
  };
}

async function refresh(
  needs: SubmitOrderNeeds,
  access: BrokerAccess,
  brokerOrderId: string,
  cause: Cause,
): Promise<void> {
  const found = await needs.broker.byId(access, brokerOrderId);
  if (found.kind === 'found') {
    await needs.recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
  }
}
