/**
 * Which order of ours a broker's order is, and beginning the record of one that has none: it was entered elsewhere, or it was
 * made here and the record has lost it.
 */
import { find } from '../../domain/kernel/dictionary.ts';
import { isSurelyOurs, readClientOrderId } from '../../domain/order/client-order-id.ts';
import type { OrderTicket } from '../../domain/order/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess, BrokerOrder } from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import { finishAdmission } from './place-order.ts';

export interface IdentifyNeeds {
  readonly aggregates: Aggregates;
  readonly store: EventStore;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

/** Under which id an order that was not placed here is recorded. */
export const observedId = (ids: Ids, { accountId }: BrokerAccess, brokerOrderId: string): string =>
  ids.named(`broker-order/${accountId}/${brokerOrderId}`);

/** Which order of ours a broker order is. One that is none of ours is recorded under an id made from the broker's. */
export async function identify(
  needs: IdentifyNeeds,
  access: BrokerAccess,
  order: BrokerOrder,
  cause: Cause,
): Promise<{ readonly orderId: string; readonly revision: number }> {
  const { aggregates, ids } = needs;
  const named = readClientOrderId(order.clientOrderId);
  const isOurs = isSurelyOurs(order.clientOrderId);
  const observed = { orderId: observedId(ids, access, order.brokerOrderId), revision: 0 };
  // Once it was taken for one from elsewhere it remains so.
  if (!isOurs && (await aggregates.orders.glance(orderStream(observed.orderId))).status !== 'none') return observed;
  if (named !== null) {
    const own = await known(needs, named.orderId);
    // Anyone can put any client order id on an order in their own account: only the account makes it ours.
    if (own !== null && own.ticket.accountId === access.accountId) return named;
    if (own === null) {
      if (await placeIfAdmitted(needs, access, named.orderId, cause)) return named;
      if (isOurs) return recover(needs, access, order, named, cause);
    }
  }
  await observe(needs, access, order, null, cause);
  return observed;
}

/** An order, if it is recorded: whose it is never changes, so what was seen before is good for that. */
async function known({ aggregates }: IdentifyNeeds, orderId: string): Promise<LiveOrder | null> {
  const seen = await aggregates.orders.glance(orderStream(orderId));
  const state = seen.status === 'none' ? await aggregates.orders.load(orderStream(orderId)) : seen;
  return state.status === 'none' ? null : state;
}

/** An order that was admitted, and whose placing the record has lost, is placed now: else it would be sent once more. */
async function placeIfAdmitted(
  needs: IdentifyNeeds,
  { accountId }: BrokerAccess,
  orderId: string,
  { actor }: Cause,
): Promise<boolean> {
  const { answers } = await needs.aggregates.risk.load(riskStream(accountId));
  return find(answers, orderId)?.kind === 'admitted' && finishAdmission(needs, { orderId, accountId }, actor);
}

async function recover(
  { aggregates, clock, log }: IdentifyNeeds,
  access: BrokerAccess,
  order: BrokerOrder,
  named: { readonly orderId: string; readonly revision: number },
  cause: Cause,
): Promise<{ readonly orderId: string; readonly revision: number }> {
  const { orderId } = named;
  const { brokerOrderId, clientOrderId, legs } = order;
  const exit = (type: BrokerOrder['type']) => legs.find((leg) => leg.type === type)?.terms;
  const ticket: OrderTicket = {
    ...ticketOf(access, order, orderId),
    takeProfit: exit('limit')?.limitPrice ?? null,
    stopLoss: exit('stop')?.stopPrice ?? null,
  };
  log.warn('an order was made here and is not in the record', { accountId: access.accountId, orderId, brokerOrderId });
  const command = { type: 'RecoverOrder', ticket, brokerOrderId, clientOrderId, at: clock.now() } as const;
  await aggregates.orders.handle(orderStream(orderId), command, cause);
  return named;
}

export const exitRole = ({ type }: BrokerOrder): 'take_profit' | 'stop_loss' =>
  type === 'limit' ? 'take_profit' : 'stop_loss';

export async function observe(
  { aggregates, ids, clock }: IdentifyNeeds,
  access: BrokerAccess,
  order: BrokerOrder,
  parentOrderId: string | null,
  cause: Cause,
): Promise<{ readonly orderId: string; readonly isNew: boolean }> {
  const { brokerOrderId } = order;
  const orderId = observedId(ids, access, brokerOrderId);
  const seen = await aggregates.orders.glance(orderStream(orderId));
  if (seen.status !== 'none' && (parentOrderId === null || seen.parentOrderId !== null))
    return { orderId, isNew: false };
  const role = parentOrderId === null ? 'external' : exitRole(order);
  const ticket = ticketOf(access, order, orderId);
  const command = { type: 'ObserveOrder', ticket, brokerOrderId, parentOrderId, role, at: clock.now() } as const;
  const observed = await aggregates.orders.handle(orderStream(orderId), command, cause);
  const isNew = observed.kind === 'done' && observed.events.some((event) => event.type === 'OrderObserved');
  return { orderId, isNew };
}

const ticketOf = ({ accountId }: BrokerAccess, order: BrokerOrder, orderId: string): OrderTicket => ({
  ...order.terms,
  orderId,
  accountId,
  symbol: order.symbol,
  side: order.side,
  type: order.type,
  trailPrice: order.trailPrice,
  extendedHours: order.extendedHours,
  takeProfit: null,
  stopLoss: null,
});
