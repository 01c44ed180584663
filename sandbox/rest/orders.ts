import { text } from '../decimal.ts';
import { brokenRule, notFound, refuse, badInput } from '../failure.ts';
import { isUuid } from '../ids.ts';
import { parseInstant } from '../market/time.ts';
import { requestCancel, requestReplace } from '../orders/change.ts';
import { placeOrder } from '../orders/place.ts';
import { asBody, readClientOrderId, readPositive, readTicket, readTimeInForce } from '../orders/ticket.ts';
import { orderWire } from '../orders/wire.ts';
import { type Order, isOpen } from '../state/types.ts';
import type { Answer } from './answer.ts';
import { type Call, type Desk, type Handler, ok } from './http.ts';

/** POST /v2/orders. */
export function postOrder({ exchange, lifecycle }: Desk): Handler {
  return ({ account, body }) => {
    const order = placeOrder(exchange, account, readTicket(asBody(body)));
    lifecycle.placed(order);
    return ok(orderWire(order, exchange.store, true));
  };
}

function ownOrder({ exchange }: Desk, { account, params }: Call): Order {
  const id = params['id'] ?? '';
  if (!isUuid(id)) throw badInput(`order_id is not a valid id: ${id.slice(0, 60)}`);
  const order = exchange.store.orders.get(id.toLowerCase());
  if (!order || order.accountId !== account.id) throw notFound(`order not found for ${id}`);
  return order;
}

/** GET /v2/orders/{id}. */
export function getOrder(desk: Desk): Handler {
  return (call) => ok(orderWire(ownOrder(desk, call), desk.exchange.store, call.query.get('nested') === 'true'));
}

/** GET /v2/orders:by_client_order_id. */
export function getOrderByClientId({ exchange }: Desk): Handler {
  return ({ account, query }) => {
    const id = query.get('client_order_id') ?? '';
    if (id === '') throw badInput('client_order_id is required');
    const order = exchange.store.orderByClientId(account.id, id);
    if (!order) throw notFound(`order not found for ${id}`);
    return ok(orderWire(order, exchange.store, query.get('nested') === 'true'));
  };
}

/** DELETE /v2/orders/{id}: 204, the request is taken. */
export function deleteOrder(desk: Desk): Handler {
  return (call) => {
    const order = ownOrder(desk, call);
    requestCancel(desk.exchange, order);
    desk.lifecycle.cancelRequested(order);
    return { status: 204 };
  };
}

/** DELETE /v2/orders: 207 with one row for every order that was open. */
export function deleteOrders(desk: Desk): Handler {
  return ({ account }) => ({ status: 207, body: cancelAll(desk, account.id) });
}

/** Asks for the cancel of all open orders of an account (legs go with their parents). */
export function cancelAll(
  { exchange, lifecycle }: Desk,
  accountId: string,
  symbol?: string,
): { id: string; status: number }[] {
  const rows: { id: string; status: number }[] = [];
  for (const order of exchange.store.openOf(accountId)) {
    if (symbol !== undefined && order.symbol !== symbol) continue;
    if (!isOpen(order) || order.status === 'pending_cancel' || order.status === 'pending_replace') continue;
    const parent = order.parentId === null ? undefined : exchange.store.orders.get(order.parentId);
    if (parent && isOpen(parent)) continue;
    requestCancel(exchange, order);
    lifecycle.cancelRequested(order);
    rows.push({ id: order.id, status: 200 });
  }
  return rows;
}

/** PATCH /v2/orders/{id}: 200 with the new order. */
export function patchOrder(desk: Desk): Handler {
  return (call) => {
    const old = ownOrder(desk, call);
    const body = asBody(call.body ?? {});
    const order = requestReplace(desk.exchange, call.account, old, {
      qty: readPositive(body, 'qty'),
      timeInForce: readTimeInForce(body),
      limitPrice: readPositive(body, 'limit_price'),
      stopPrice: readPositive(body, 'stop_price'),
      trail: readPositive(body, 'trail'),
      clientOrderId: readClientOrderId(body),
    });
    desk.lifecycle.replaceRequested(order);
    return ok(orderWire(order, desk.exchange.store, true));
  };
}

function readTime(query: URLSearchParams, name: string): string | null {
  const value = query.get(name);
  if (value === null || value === '') return null;
  const nanos = /\.(\d{1,9})/.exec(value)?.[1]?.padEnd(9, '0') ?? '000000000';
  const instant = parseInstant(value.trim());
  if (instant === null) throw badInput(`invalid ${name}: not a time`);
  return `${new Date(instant).toISOString().slice(0, 19)}.${nanos}Z`;
}

function readChoice(query: URLSearchParams, name: string, choices: readonly string[], fallback: string): string {
  const value = query.get(name) ?? '';
  if (value === '') return fallback;
  if (!choices.includes(value)) throw badInput(`invalid ${name}: must be one of ${choices.join(', ')}`);
  return value;
}

/** GET /v2/orders with its filters and cursors. */
export function listOrders({ exchange }: Desk): Handler {
  return ({ account, query }): Answer => {
    const status = readChoice(query, 'status', ['open', 'closed', 'all'], 'open');
    const direction = readChoice(query, 'direction', ['asc', 'desc'], 'desc');
    const side = readChoice(query, 'side', ['buy', 'sell'], '');
    const nested = query.get('nested') === 'true';
    const limit = Number(query.get('limit') ?? '50');
    if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw badInput('limit must be between 1 and 500');
    const [after, until] = [readTime(query, 'after'), readTime(query, 'until')];
    const symbols = listOf(query, 'symbols').map((symbol) => symbol.toUpperCase());
    const classes = listOf(query, 'asset_class');
    const [afterId, beforeId] = [query.get('after_order_id'), query.get('before_order_id')];
    if ((afterId || beforeId) && (after !== null || until !== null)) {
      throw badInput('after_order_id and before_order_id can not be combined with after and until');
    }
    const cursor = (id: string | null): Order | undefined => {
      if (!id) return undefined;
      const order = exchange.store.orders.get(id);
      if (!order || order.accountId !== account.id) throw notFound(`order not found for ${id}`);
      return order;
    };
    const [afterOrder, beforeOrder] = [cursor(afterId), cursor(beforeId)];
    const found = exchange.store
      .ordersOf(account.id)
      .filter(
        (order) =>
          (status === 'all' || isOpen(order) === (status === 'open')) &&
          (!nested || order.parentId === null) &&
          (side === '' || order.side === side) &&
          (symbols.length === 0 || symbols.includes(order.symbol)) &&
          (classes.length === 0 || classes.includes('us_equity') || classes.includes('all')) &&
          (after === null || order.submittedAt > after) &&
          (until === null || order.submittedAt < until) &&
          (!afterOrder || order.seq > afterOrder.seq) &&
          (!beforeOrder || order.seq < beforeOrder.seq),
      );
    found.sort((a, b) => (direction === 'asc' ? a.seq - b.seq : b.seq - a.seq));
    return ok(found.slice(0, limit).map((order) => orderWire(order, exchange.store, nested)));
  };
}

/** A comma list, or the same parameter given several times. */
export function listOf(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** The closing market order of a position, for DELETE /v2/positions/{symbol}. */
export function closePosition({ exchange, lifecycle }: Desk, call: Call, symbol: string, qty: bigint): Order {
  const position = exchange.store.position(call.account.id, symbol);
  if (!position || position.qty === 0n) throw refuse(404, 40410000, 'position does not exist');
  const size = position.qty < 0n ? -position.qty : position.qty;
  if (qty > size) throw brokenRule(`requested qty ${text(qty)} exceeds the position ${text(size)}`);
  const side = position.qty > 0n ? 'sell' : 'buy';
  const order = placeOrder(
    exchange,
    call.account,
    readTicket({ symbol, qty: text(qty), side, type: 'market', time_in_force: 'day' }),
  );
  lifecycle.placed(order);
  return order;
}
