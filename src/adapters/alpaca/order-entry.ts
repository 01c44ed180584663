/** Sending orders to Alpaca, changing and cancelling them. */
import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type {
  BrokerAccess,
  CancelAllOutcome,
  CancelOutcome,
  OrderEntry,
  OrderRecords,
  ReplaceOutcome,
  SubmitOutcome,
} from '../../application/ports/broker.ts';
import type { Log } from '../../application/ports/log.ts';
import type { OrderTicket } from '../../domain/order/events.ts';
import type { Carrier } from './carrier.ts';
import { type Answer, type Configurations, ask, failureOf } from './http.ts';
import { readJson } from './own-words.ts';
import { type OrderReading, readOrder } from './order-wire.ts';
import { problemOf } from './wire.ts';

/** When an order never left, or was asked to come back later without being told when. */
const RETRY_AFTER_MS = 1_000;

/** Alpaca: errors of an order request that it read and turned down. Any other status leaves the outcome open. */
const TURNED_DOWN: readonly number[] = [400, 403, 422];

/** Alpaca: a cancel that was taken has an answer without a body. A page that says 200 was written by somebody else. */
const TAKEN_NOTE_OF = 204;

/** Alpaca: the words of a used client order id; its code varies. */
const KNOWN_ALREADY = /client_order_id must be unique/i;

/** Alpaca: DELETE /v2/orders answers 207 with a row for every order that it tried to cancel; `status` is an HTTP code. */
const cancelRows = z.array(z.object({ id: z.string().min(1), status: z.int() }));

export interface OrderEntryNeeds {
  readonly carrier: Pick<Carrier, 'ready'>;
  readonly records: Pick<OrderRecords, 'unfinished'>;
  readonly log: Log;
}

export function createOrderEntry(
  configurations: Configurations,
  { carrier, records, log }: OrderEntryNeeds,
): OrderEntry {
  async function cancel(access: BrokerAccess, brokerOrderId: string): Promise<CancelOutcome> {
    const orders = new trading.OrdersApi(configurations.trader(access, 'cancel'));
    const answer = await ask(() => orders.deleteOrderByOrderIDRaw({ orderId: brokerOrderId }));
    if (answer.kind !== 'ok') return changeRefused(answer) ?? failureOf(answer);
    if (answer.status === TAKEN_NOTE_OF) return { kind: 'accepted' };
    return { kind: 'unknown', reason: `HTTP ${answer.status} to a cancel` };
  }

  /** Alpaca can cancel all orders in one request, but not those in a symbol. */
  async function cancelIn(access: BrokerAccess, symbol: string): Promise<CancelAllOutcome> {
    const open = await records.unfinished(access);
    if (open.kind !== 'found') return open.kind === 'not_found' ? { kind: 'unknown', reason: 'no such list' } : open;
    const accepted: string[] = [];
    const refused: string[] = [];
    for (const order of open.value) {
      if (order.symbol !== symbol || order.underWay === 'cancel') continue;
      const outcome = await cancel(access, order.brokerOrderId);
      if (outcome.kind === 'unauthorized') return outcome;
      (outcome.kind === 'accepted' ? accepted : refused).push(order.brokerOrderId);
    }
    return { kind: 'asked', accepted, refused };
  }

  return {
    ready: carrier.ready,
    cancel,

    async cancelAll(access, symbol) {
      if (symbol !== null) return cancelIn(access, symbol);
      const orders = new trading.OrdersApi(configurations.trader(access, 'cancel'));
      const answer = await ask(() => orders.deleteAllOrdersRaw());
      if (answer.kind !== 'ok') return failureOf(answer);
      const rows = cancelRows.safeParse(readJson(answer.text));
      if (!rows.success) {
        const problem = problemOf(rows.error);
        log.alarm('the broker answered a cancel of all orders with a body that is not understood', { problem });
        return { kind: 'unknown', reason: problem };
      }
      const taken = ({ status }: { readonly status: number }): boolean => status >= 200 && status < 300;
      return {
        kind: 'asked',
        accepted: rows.data.filter(taken).map(({ id }) => id),
        refused: rows.data.filter((row) => !taken(row)).map(({ id }) => id),
      };
    },

    async submit(access, { ticket }, clientOrderId, lastLook) {
      const orders = new trading.OrdersApi(configurations.trader(access, 'order', lastLook));
      const postOrderRequest = orderRequest(ticket, clientOrderId);
      return submitOutcome(await ask(() => orders.postOrderRaw({ postOrderRequest })), clientOrderId, log);
    },

    async replace(access, brokerOrderId, { terms }, clientOrderId, lastLook) {
      const orders = new trading.OrdersApi(configurations.trader(access, 'order', lastLook));
      const patchOrderRequest = {
        qty: terms.quantity,
        timeInForce: terms.timeInForce,
        clientOrderId,
        ...(terms.limitPrice === null ? {} : { limitPrice: terms.limitPrice }),
        ...(terms.stopPrice === null ? {} : { stopPrice: terms.stopPrice }),
      };
      const answer = await ask(() => orders.patchOrderByOrderIdRaw({ orderId: brokerOrderId, patchOrderRequest }));
      return replaceOutcome(answer, clientOrderId, log);
    },
  };
}

/** Alpaca: body of POST /v2/orders. */
function orderRequest(ticket: OrderTicket, clientOrderId: string): trading.PostOrderRequest {
  const { takeProfit, stopLoss } = ticket;
  return {
    clientOrderId,
    symbol: ticket.symbol,
    side: ticket.side,
    type: ticket.type,
    timeInForce: ticket.timeInForce,
    qty: ticket.quantity,
    extendedHours: ticket.extendedHours,
    ...(ticket.limitPrice === null ? {} : { limitPrice: ticket.limitPrice }),
    ...(ticket.stopPrice === null ? {} : { stopPrice: ticket.stopPrice }),
    ...(ticket.trailPrice === null ? {} : { trailPrice: ticket.trailPrice }),
    ...(takeProfit === null || stopLoss === null
      ? {}
      : { orderClass: 'bracket', takeProfit: { limitPrice: takeProfit }, stopLoss: { stopPrice: stopLoss } }),
  };
}

function submitOutcome(answer: Answer, clientOrderId: string, log: Log): SubmitOutcome {
  switch (answer.kind) {
    case 'ok': {
      const reading = answeredOrder(answer.text, clientOrderId, log);
      if (reading.kind === 'unreadable') return { kind: 'unknown', reason: reading.problem };
      return { kind: 'acknowledged', order: reading.order };
    }
    case 'never_sent':
      return { kind: 'not_sent', reason: answer.reason, retryAfterMs: answer.retryAfterMs ?? RETRY_AFTER_MS };
    case 'lost':
      return failureOf(answer);
    case 'error': {
      const { status, error } = answer;
      if (status === 429) {
        const reason = error?.message ?? 'The broker takes no more requests for now.';
        return { kind: 'not_sent', reason, retryAfterMs: answer.retryAfterMs ?? RETRY_AFTER_MS };
      }
      if (status === 422 && error !== null && KNOWN_ALREADY.test(error.message)) return { kind: 'known_already' };
      const proven = TURNED_DOWN.includes(status) && error !== null && error.code !== null;
      return proven ? { kind: 'rejected', code: String(error.code), reason: error.message } : failureOf(answer);
    }
  }
}

function replaceOutcome(answer: Answer, clientOrderId: string, log: Log): ReplaceOutcome {
  if (answer.kind !== 'ok') return changeRefused(answer) ?? failureOf(answer);
  const reading = answeredOrder(answer.text, clientOrderId, log);
  if (reading.kind === 'unreadable') return { kind: 'unknown', reason: reading.problem };
  return { kind: 'accepted', order: reading.order };
}

/**
 * Alpaca's refusal of a change to an order, with its code; 404 when it has no such order. A request that never left, or
 * came at a bad time (429), is no refusal: it can be made again.
 */
function changeRefused(
  answer: Exclude<Answer, { kind: 'ok' }>,
): { readonly kind: 'refused'; readonly reason: string } | null {
  if (answer.kind !== 'error' || ![...TURNED_DOWN, 404].includes(answer.status)) return null;
  if (answer.error === null || answer.error.code === null) return null;
  return { kind: 'refused', reason: answer.error.message };
}

/** The order of a success, which must be the one that was asked for. */
function answeredOrder(text: string, clientOrderId: string, log: Log): OrderReading {
  const reading = readOrder(readJson(text));
  if (reading.kind === 'unreadable') {
    log.alarm('the broker answered an order request with a body that is not understood', {
      clientOrderId,
      problem: reading.problem,
      raw: text,
    });
    return reading;
  }
  if (reading.order.clientOrderId !== clientOrderId) {
    const problem = `the answer speaks of another order, ${reading.order.clientOrderId}`;
    log.alarm('the broker answered an order request with another order', { clientOrderId, problem, raw: text });
    return { kind: 'unreadable', problem };
  }
  if (reading.problems.length > 0) {
    log.alarm('the broker answered an order request with something unknown in it', {
      clientOrderId,
      problem: reading.problems.join('; '),
      raw: text,
    });
  }
  return reading;
}
