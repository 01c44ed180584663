import { type Dec, isWhole } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { brokenRule } from '../failure.ts';
import { activate, cancel, reject } from '../matching/book.ts';
import { mayTrade } from '../matching/rules.ts';
import { phaseAt } from '../market/calendar.ts';
import { type Account, type Order, type OrderStatus, type TimeInForce, isOpen } from '../state/types.ts';
import { checkAccountState, checkMeans, checkStopDirection, checkWashTrade, collarOf } from './account-rules.ts';
import { checkClientOrderId, newOrder } from './place.ts';
import { checkTick, checkTimeInForce, expiryOf } from './shape-rules.ts';
import type { Ticket } from './ticket.ts';

/** What a PATCH may change; null = as before. */
export type Change = {
  readonly qty: Dec | null;
  readonly timeInForce: TimeInForce | null;
  readonly limitPrice: Dec | null;
  readonly stopPrice: Dec | null;
  readonly trail: Dec | null;
  readonly clientOrderId: string | null;
};

const NOT_REPLACEABLE: readonly OrderStatus[] = [
  'accepted',
  'pending_new',
  'pending_cancel',
  'pending_replace',
  'held',
];

/**
 * Asks for a cancel. A working order becomes `pending_cancel` and is finished a moment later by {@link finishCancel};
 * one that is not at the venue yet is cancelled at once.
 * @throws Refusal 422 when it can not be cancelled any more
 */
export function requestCancel(exchange: Exchange, order: Order): void {
  if (!isOpen(order)) throw brokenRule(`order is already in "${order.status}" state`);
  if (order.status === 'pending_cancel') throw brokenRule('order is already in "pending_cancel" state');
  if (order.status === 'pending_replace') throw brokenRule('order is not cancelable: replacement is pending');
  order.cancelRequestedAt = exchange.stamp();
  if (order.status === 'accepted' || order.status === 'held') {
    cancel(exchange, order);
    return;
  }
  order.statusBefore = order.status === 'pending_new' ? 'new' : order.status;
  order.status = 'pending_cancel';
  exchange.announce('pending_cancel', order);
}

/** The venue's answer to a cancel: done, or refused when the order filled meanwhile. */
export function finishCancel(exchange: Exchange, order: Order): void {
  if (order.status === 'pending_cancel') cancel(exchange, order);
  else if (order.status === 'filled' && order.cancelRequestedAt !== null)
    exchange.announce('order_cancel_rejected', order, { reason: 'TOO_LATE_TO_CANCEL' });
}

/**
 * Asks for a replacement: the old order becomes `pending_replace`, the new one (given back) is `pending_new`, and
 * {@link finishReplace} decides a moment later which of the two lives.
 * @throws Refusal as PATCH /v2/orders/{id}
 */
export function requestReplace(exchange: Exchange, account: Account, old: Order, change: Change): Order {
  checkReplaceable(old, change);
  checkAccountState(account);
  checkClientOrderId(exchange, account, change.clientOrderId);
  const now = exchange.time();
  const timeInForce = change.timeInForce ?? old.timeInForce;
  const isPercent = old.trailPercent !== null;
  const terms = {
    clientOrderId: change.clientOrderId ?? exchange.newId(),
    symbol: old.symbol,
    side: old.side,
    type: old.type,
    timeInForce,
    orderClass: old.orderClass,
    intent: old.intent,
    extendedHours: old.extendedHours,
    qty: change.qty ?? old.qty,
    notional: old.notional,
    limitPrice: change.limitPrice ?? old.limitPrice,
    stopPrice: change.stopPrice ?? old.stopPrice,
    trailPrice: isPercent ? null : (change.trail ?? old.trailPrice),
    trailPercent: isPercent ? (change.trail ?? old.trailPercent) : null,
    status: 'pending_new' as const,
    parentId: old.parentId,
    role: old.role,
    replaces: old.id,
    expiresAt:
      change.timeInForce === null ? old.expiresAt : expiryOf({ timeInForce, extendedHours: old.extendedHours }, now),
  };
  const collar = collarOf(terms);
  const ticket: Ticket & { collar: Dec | null } = { ...terms, collar, takeProfit: null, stopLoss: null, intent: null };
  checkTick('limit_price', terms.limitPrice);
  checkTick('stop_price', terms.stopPrice);
  checkTimeInForce(ticket, now);
  if (change.stopPrice !== null) checkStopDirection(exchange, ticket);
  checkWashTrade(exchange, account, ticket, old.id);
  checkMeans(exchange, account, { ...ticket, orderClass: '' }, old.intent, old);
  const order = newOrder(exchange, account, { ...terms, collar });
  order.legIds = [...old.legIds];
  old.statusBefore = old.status;
  old.status = 'pending_replace';
  old.replacedBy = order.id;
  exchange.announce('pending_replace', old);
  exchange.announce('pending_new', order);
  return order;
}

function checkReplaceable(old: Order, change: Change): void {
  if (!isOpen(old)) throw brokenRule(`order is already in "${old.status}" state`);
  if (old.status === 'pending_replace') throw brokenRule('order already pending replacement');
  if (NOT_REPLACEABLE.includes(old.status)) throw brokenRule(`cannot replace order in ${old.status} status`);
  if (old.notional !== null) throw brokenRule('notional orders cannot be replaced');
  if (old.orderClass === 'oto') throw brokenRule('oto orders cannot be replaced');
  if (change.qty !== null && (!isWhole(change.qty) || !isWhole(old.qty ?? 0n)))
    throw brokenRule('qty must be a whole number of shares to replace an order');
  if (change.limitPrice !== null && old.limitPrice === null) throw brokenRule(`${old.type} orders have no limit price`);
  if (change.stopPrice !== null && (old.stopPrice === null || old.type === 'trailing_stop'))
    throw brokenRule(`${old.type} orders have no stop price`);
  if (change.trail !== null && old.type !== 'trailing_stop') throw brokenRule(`${old.type} orders have no trail`);
  if (Object.values(change).every((value) => value === null)) throw brokenRule('order parameters are not changed');
}

/** The venue's answer to a replacement: the new order works, or, when the old one ended first, is rejected. */
export function finishReplace(exchange: Exchange, order: Order): void {
  const old = exchange.store.orders.get(order.replaces ?? '');
  if (!old || order.status !== 'pending_new') return;
  if (old.status !== 'pending_replace') {
    old.replacedBy = null;
    exchange.announce('order_replace_rejected', old, { reason: 'order ended before it could be replaced' });
    reject(exchange, order, 'order ended before it could be replaced');
    return;
  }
  old.status = 'replaced';
  old.statusBefore = null;
  old.replacedAt = exchange.stamp();
  moveGroup(exchange, old, order);
  exchange.announce('replaced', old);
  if (mayTrade(order, phaseAt(exchange.time()))) activate(exchange, order);
  else {
    order.status = 'accepted';
    exchange.announce('accepted', order);
  }
}

/** The replacement takes the old order's place among its legs, or in its parent's. */
function moveGroup(exchange: Exchange, old: Order, order: Order): void {
  const parent = old.parentId === null ? null : exchange.store.orders.get(old.parentId);
  if (parent) {
    parent.legIds = parent.legIds.map((id) => (id === old.id ? order.id : id));
    exchange.store.put('order', parent);
  }
  for (const id of order.legIds) {
    const leg = exchange.store.orders.get(id);
    if (!leg) continue;
    leg.parentId = order.id;
    leg.qty = order.qty;
    exchange.store.put('order', leg);
  }
  old.legIds = [];
}
