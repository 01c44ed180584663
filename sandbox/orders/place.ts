import type { Exchange } from '../exchange.ts';
import { badInput } from '../failure.ts';
import { phaseAt } from '../market/calendar.ts';
import { mayTrade, trailingStop } from '../matching/rules.ts';
import { type Account, type Order, type Side, isOpen } from '../state/types.ts';
import {
  checkAccountState,
  checkAsset,
  checkBorrow,
  checkGroup,
  checkMeans,
  checkStopDirection,
  checkWashTrade,
  collarOf,
  inferIntent,
} from './account-rules.ts';
import { findAsset } from './assets.ts';
import { checkFraction, checkShape, checkTimeInForce, expiryOf } from './shape-rules.ts';
import type { Ticket } from './ticket.ts';

type Terms = Pick<
  Order,
  | 'clientOrderId'
  | 'symbol'
  | 'side'
  | 'type'
  | 'timeInForce'
  | 'orderClass'
  | 'intent'
  | 'extendedHours'
  | 'qty'
  | 'notional'
  | 'limitPrice'
  | 'stopPrice'
  | 'trailPrice'
  | 'trailPercent'
  | 'collar'
  | 'status'
  | 'parentId'
  | 'role'
  | 'replaces'
  | 'expiresAt'
>;

/** A new order record with the given terms, nothing filled. */
export function newOrder(exchange: Exchange, account: Account, terms: Terms): Order {
  const at = exchange.stamp();
  const price = terms.type === 'trailing_stop' ? exchange.price(terms.symbol) : null;
  return {
    ...terms,
    id: exchange.newId(),
    seq: exchange.nextSeq(),
    accountId: account.id,
    stopPrice: price === null ? terms.stopPrice : trailingStop(terms, price),
    hwm: price,
    triggered: false,
    filledQty: 0n,
    filledCost: 0n,
    fills: 0,
    legIds: [],
    createdAt: at,
    updatedAt: at,
    submittedAt: at,
    filledAt: null,
    expiredAt: null,
    canceledAt: null,
    failedAt: null,
    replacedAt: null,
    replacedBy: null,
    cancelRequestedAt: null,
    statusBefore: null,
    receivedAtReal: new Date(exchange.real()).toISOString(),
    endedAtReal: null,
  };
}

/** Refuses a client order id that is taken. */
export function checkClientOrderId(exchange: Exchange, account: Account, id: string | null): void {
  if (id === null) return;
  const known = exchange.store.orderByClientId(account.id, id);
  if (!known) return;
  if (exchange.settings.client_order_ids === 'forever' || isOpen(known))
    throw badInput('client_order_id must be unique');
}

/**
 * Takes an order in: checks everything, records it and gives it back as `pending_new`, or `accepted` while its session
 * is closed. The order is not durable before the exchange commits.
 * @throws Refusal with the Trading API's status, code and text
 */
export function placeOrder(exchange: Exchange, account: Account, given: Ticket): Order {
  const now = exchange.time();
  checkShape(given);
  const asset = checkAsset(findAsset(exchange, given.symbol), given.symbol);
  const ticket: Ticket = { ...given, symbol: asset.symbol, limitPrice: entryLimit(given) };
  checkAccountState(account);
  checkClientOrderId(exchange, account, ticket.clientOrderId);
  checkTimeInForce(ticket, now);
  checkFraction(ticket, asset, ticket.limitPrice ?? exchange.price(ticket.symbol));
  checkGroup(exchange, ticket);
  checkStopDirection(exchange, ticket);
  const intent = inferIntent(exchange, account, ticket);
  checkBorrow(asset, intent);
  checkWashTrade(exchange, account, ticket, null);
  const collar = collarOf(ticket);
  checkMeans(exchange, account, { ...ticket, collar }, intent, null);
  const order = newOrder(exchange, account, {
    clientOrderId: ticket.clientOrderId ?? exchange.newId(),
    symbol: ticket.symbol,
    side: ticket.side,
    type: ticket.type,
    timeInForce: ticket.timeInForce,
    orderClass: ticket.orderClass,
    intent,
    extendedHours: ticket.extendedHours,
    qty: ticket.qty,
    notional: ticket.notional,
    limitPrice: ticket.limitPrice,
    stopPrice: ticket.stopPrice,
    trailPrice: ticket.trailPrice,
    trailPercent: ticket.trailPercent,
    collar,
    status: 'accepted',
    parentId: null,
    role: ticket.orderClass === 'oco' ? 'take_profit' : null,
    replaces: null,
    expiresAt: expiryOf(ticket, now),
  });
  order.status = isRoutable(order, now) ? 'pending_new' : 'accepted';
  addLegs(exchange, account, order, ticket);
  exchange.announce(order.status, order);
  return order;
}

/** In an oco the take-profit limit is the order's own limit. */
function entryLimit(ticket: Ticket): Ticket['limitPrice'] {
  return ticket.orderClass === 'oco' ? (ticket.takeProfit ?? ticket.limitPrice) : ticket.limitPrice;
}

/** An opening-auction order waits for the next open even while the market trades. */
function isRoutable(order: Order, now: number): boolean {
  return order.timeInForce !== 'opg' && mayTrade(order, phaseAt(now));
}

function addLegs(exchange: Exchange, account: Account, parent: Order, ticket: Ticket): void {
  const exitSide: Side = ticket.orderClass === 'oco' ? ticket.side : ticket.side === 'buy' ? 'sell' : 'buy';
  const exit = {
    symbol: parent.symbol,
    side: exitSide,
    timeInForce: parent.timeInForce,
    orderClass: parent.orderClass,
    intent: exitSide === 'sell' ? ('sell_to_close' as const) : ('buy_to_close' as const),
    extendedHours: false,
    qty: parent.qty,
    notional: null,
    trailPrice: null,
    trailPercent: null,
    collar: null,
    status: 'held' as const,
    parentId: parent.id,
    replaces: null,
    expiresAt: parent.expiresAt,
  };
  const legs: Order[] = [];
  if (ticket.takeProfit !== null && (parent.orderClass === 'bracket' || parent.orderClass === 'oto')) {
    const terms = { ...exit, clientOrderId: exchange.newId(), role: 'take_profit' as const };
    legs.push(newOrder(exchange, account, { ...terms, type: 'limit', limitPrice: ticket.takeProfit, stopPrice: null }));
  }
  if (ticket.stopLoss && parent.orderClass !== '') {
    const { stop, limit } = ticket.stopLoss;
    const terms = { ...exit, clientOrderId: exchange.newId(), role: 'stop_loss' as const };
    const collar = limit === null ? collarOf({ type: 'stop', side: exitSide, stopPrice: stop }) : null;
    const type = limit === null ? ('stop' as const) : ('stop_limit' as const);
    legs.push(newOrder(exchange, account, { ...terms, type, limitPrice: limit, stopPrice: stop, collar }));
  }
  for (const leg of legs) exchange.store.put('order', leg);
  parent.legIds = legs.map((leg) => leg.id);
}
