/** TradingView's REST API for brokers: placing, changing and cancelling orders. */
import {
  accountPath,
  localeQuery,
  modifyOrderForm,
  orderPath,
  orderPlaced,
  placeOrderForm,
  placeOrderQuery,
} from '../../../../contracts/broker-api.ts';
import type { ChangeOrderResult } from '../../../application/order/change-order.ts';
import type { PlaceOrderResult } from '../../../application/order/place-order.ts';
import type { Position } from '../../../application/ports/event-store.ts';
import type { Limits } from '../limits.ts';
import type { HttpNeeds } from '../needs.ts';
import { changesOf, termsOf } from '../order-form.ts';
import type { Refusal } from '../refusal.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { explained } from '../../words/breaches.ts';
import { unsupportedSentence } from '../../words/sentences.ts';
import { causeOf } from './cause.ts';

type Needs = Pick<HttpNeeds, 'placeOrder' | 'replaceOrder' | 'cancelOrder' | 'read' | 'pass'> & {
  readonly limits: Pick<Limits, 'orderEntry' | 'cancellation'>;
};

const ORDERS = '/broker/v1/accounts/{accountId}/orders';
/** So long an answer waits for the read model, so that the ticket reads its own writes. */
const SHOWN_WITHIN_MS = 2_000;

export function brokerOrderRoutes({
  placeOrder,
  replaceOrder,
  cancelOrder,
  read,
  limits,
  pass,
}: Needs): readonly Route[] {
  const common = { surface: 'broker', auth: 'session' } as const;

  async function shown(position: Position | null): Promise<void> {
    if (position !== null) await read.waitUntilApplied(position, SHOWN_WITHIN_MS);
    pass('before-reply');
  }

  async function changed(result: ChangeOrderResult) {
    if (result.kind !== 'done') return notChanged(result);
    await shown(result.position);
    return { kind: 'ok', body: null } as const;
  }

  return [
    route({
      ...common,
      method: 'POST',
      path: ORDERS,
      summary: 'Places an order; the same requestId with the same form gives the same answer again',
      params: accountPath,
      query: placeOrderQuery,
      body: placeOrderForm,
      success: { statuses: { 200: 'Placed, and on its way to the broker' }, body: orderPlaced },
      refusals: [
        'not_found',
        'unknown_instrument',
        'unsupported_order',
        'request_id_reused',
        'denied',
        'too_many_requests',
        'unavailable',
      ],
      async handle(call) {
        const tooMany = limits.orderEntry(call.principal.userId);
        if (tooMany !== null) return tooMany;
        const mapped = termsOf(call.body);
        if (mapped.kind === 'refusal') return mapped;
        const result = await placeOrder({
          userId: call.principal.userId,
          accountId: call.params.accountId,
          terms: mapped.terms,
          requestId: call.query.requestId ?? null,
          confirmed: call.body.confirmDuplicate === 'true',
          channel: 'broker-api',
          cause: causeOf(call),
        });
        if (result.kind !== 'placed') return notPlaced(result);
        await shown(result.position);
        return { kind: 'ok', body: { orderId: result.orderId } };
      },
    }),
    route({
      ...common,
      method: 'PUT',
      path: `${ORDERS}/{orderId}`,
      summary: 'Asks for other terms of a working order; what the form leaves out stays as it is',
      params: orderPath,
      query: localeQuery,
      body: modifyOrderForm,
      success: { statuses: { 200: 'Asked for' }, body: null },
      refusals: [
        'not_found',
        'unsupported_order',
        'denied',
        'order_not_working',
        'order_unconfirmed',
        'replace_pending',
        'too_many_changes',
        'unknown_instrument',
        'too_many_requests',
        'unavailable',
      ],
      async handle(call) {
        const tooMany = limits.orderEntry(call.principal.userId);
        if (tooMany !== null) return tooMany;
        const mapped = changesOf(call.body);
        if (mapped.kind === 'refusal') return mapped;
        const { accountId, orderId } = call.params;
        const { userId } = call.principal;
        return changed(await replaceOrder({ userId, accountId, orderId, ...mapped.changes, cause: causeOf(call) }));
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: `${ORDERS}/{orderId}`,
      summary: 'Asks for the cancellation of an order',
      params: orderPath,
      query: localeQuery,
      success: { statuses: { 200: 'Asked for' }, body: null },
      refusals: ['not_found', 'order_not_working', 'order_unconfirmed'],
      async handle(call) {
        const { accountId, orderId } = call.params;
        const { userId } = call.principal;
        limits.cancellation(userId);
        return changed(await cancelOrder({ userId, accountId, orderId, cause: causeOf(call) }));
      },
    }),
  ];
}

function notPlaced(result: Exclude<PlaceOrderResult, { kind: 'placed' }>): Refusal {
  switch (result.kind) {
    case 'denied':
      return denied(result.breaches, result.orderId);
    case 'unsupported':
      return unsupported(result.reasons);
    case 'refused':
      return refuse(result.code);
    case 'unavailable':
      return refuse('unavailable');
  }
}

function notChanged(result: Exclude<ChangeOrderResult, { kind: 'done' }>): Refusal {
  switch (result.kind) {
    case 'denied':
      return denied(result.breaches);
    case 'unsupported':
      return unsupported(result.reasons);
    case 'refused':
      return WHY_NOT[result.code];
    case 'unavailable':
      return refuse('unavailable');
  }
}

type Denied = Extract<PlaceOrderResult, { kind: 'denied' }>;
type Unsupported = Extract<PlaceOrderResult, { kind: 'unsupported' }>;

function denied(breaches: Denied['breaches'], orderId?: string): Refusal {
  const told = breaches.map(explained);
  const detail = told.map(({ message }) => message).join(' ');
  return refuse('denied', { detail, breaches: told, ...(orderId !== undefined && { orderId }) });
}

const unsupported = (reasons: Unsupported['reasons']): Refusal =>
  refuse('unsupported_order', { detail: reasons.map(unsupportedSentence).join(' '), reasons });

/** Refusals of a change in the words of this surface. The last three can not follow from what is asked here. */
const WHY_NOT: Readonly<Record<Extract<ChangeOrderResult, { kind: 'refused' }>['code'], Refusal>> = {
  not_found: refuse('not_found'),
  order_unknown: refuse('not_found'),
  unknown_instrument: refuse('unknown_instrument'),
  order_not_working: refuse('order_not_working'),
  order_unconfirmed: refuse('order_unconfirmed'),
  replace_pending: refuse('replace_pending'),
  too_many_changes: refuse('too_many_changes'),
  order_partly_filled: refuse('unsupported_order', {
    detail: 'A part of the order is filled; cancel the rest and place a new order instead of changing it.',
  }),
  not_placed_here: refuse('unsupported_order', {
    detail: 'The exits of a bracket, and orders from elsewhere, can be cancelled but not changed.',
  }),
  order_differs: refuse('internal'),
  already_claimed: refuse('internal'),
  second_broker_order: refuse('internal'),
};
