import { type Dec, fromMicros, min, over, text, times } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { type Execution, type Order, type OrderStatus, isOpen } from '../state/types.ts';

/** What is still to be filled of an order with a quantity. */
export function leavesOf(order: Order): Dec {
  return (order.qty ?? 0n) - order.filledQty;
}

/** An order gets to work: `pending_new` or `accepted` becomes `new`. */
export function activate(exchange: Exchange, order: Order): void {
  order.status = 'new';
  exchange.announce('new', order);
}

/** Books an execution of `qty` at `price`: order, position, cash, activity, events, and what it means for its group. */
export function fill(exchange: Exchange, order: Order, qty: Dec, price: Dec): Execution {
  const { store } = exchange;
  const value = times(qty, price);
  const before = store.position(order.accountId, order.symbol);
  const position = before ?? { accountId: order.accountId, symbol: order.symbol, qty: 0n, cost: 0n };
  const isShort = order.side === 'sell' && position.qty <= 0n;
  movePosition(position, order.side === 'buy' ? qty : -qty, price);
  store.put('position', position);
  const account = store.accounts.get(order.accountId);
  if (account) {
    account.cash += order.side === 'buy' ? -value : value;
    store.put('account', account);
  }
  order.filledQty += qty;
  order.filledCost += value;
  order.fills += 1;
  const isDone = order.qty === null ? order.filledCost * 1000n >= (order.notional ?? 0n) * 999n : leavesOf(order) <= 0n;
  const at = exchange.stamp();
  if (isDone) {
    order.status = 'filled';
    order.filledAt = at;
  } else if (order.status !== 'pending_cancel' && order.status !== 'pending_replace' && isOpen(order)) {
    order.status = 'partially_filled';
  }
  const execution: Execution = {
    id: exchange.newId(),
    orderId: order.id,
    accountId: order.accountId,
    symbol: order.symbol,
    side: isShort ? 'sell_short' : order.side,
    qty,
    price,
    cumQty: order.filledQty,
    leavesQty: order.qty === null || isDone ? 0n : leavesOf(order),
    isLast: isDone,
    at,
    atMs: exchange.time(),
  };
  store.put('execution', execution);
  exchange.announce(isDone ? 'fill' : 'partial_fill', order, {
    execution_id: execution.id,
    price: text(price),
    qty: text(qty),
    position_qty: text(position.qty),
  });
  afterFill(exchange, order, isDone);
  return execution;
}

/** Moves a position by a signed quantity at a price; what is closed goes at the average cost. */
export function movePosition(position: { qty: Dec; cost: Dec }, change: Dec, price: Dec): void {
  const isOpening = position.qty === 0n || position.qty > 0n === change > 0n;
  if (isOpening) {
    position.cost += times(change, price);
    position.qty += change;
    return;
  }
  const closing = position.qty > 0n ? min(position.qty, -change) : -min(-position.qty, change);
  position.cost = closing === position.qty ? 0n : position.cost - over(times(position.cost, closing), position.qty);
  position.qty -= closing;
  const rest = change + closing;
  position.qty += rest;
  position.cost += times(rest, price);
}

/** Legs start to work when their parent is completely filled; a filled leg ends its sibling, a partial one shrinks it. */
function afterFill(exchange: Exchange, order: Order, isDone: boolean): void {
  const { store } = exchange;
  if (order.orderClass === '') return;
  if (order.parentId === null && order.orderClass !== 'oco') {
    if (!isDone) return;
    for (const leg of legsOf(exchange, order)) {
      if (leg.status !== 'held') continue;
      if (leg.qty !== null) leg.qty = order.filledQty;
      activate(exchange, leg);
    }
    return;
  }
  for (const sibling of groupOf(exchange, order)) {
    if (sibling.id === order.id || !isOpen(sibling) || isEntry(sibling)) continue;
    if (isDone) cancelNow(exchange, sibling);
    else if (order.qty !== null && sibling.qty !== null) {
      sibling.qty = sibling.filledQty + leavesOf(order);
      store.put('order', sibling);
    }
  }
}

function legsOf(exchange: Exchange, order: Order): Order[] {
  return order.legIds.flatMap((id) => exchange.store.orders.get(id) ?? []);
}

/** The entry order of a bracket or oto (an oco has none: its parent is an exit itself). */
function isEntry(order: Order): boolean {
  return order.parentId === null && (order.orderClass === 'bracket' || order.orderClass === 'oto');
}

/** An order together with its parent and the parent's legs. */
export function groupOf(exchange: Exchange, order: Order): Order[] {
  const parent = order.parentId === null ? order : (exchange.store.orders.get(order.parentId) ?? order);
  return [parent, ...legsOf(exchange, parent)];
}

function finish(exchange: Exchange, order: Order, status: OrderStatus, event: string, reason?: string): void {
  order.status = status;
  order.statusBefore = null;
  const at = exchange.stamp();
  if (status === 'canceled') order.canceledAt = at;
  if (status === 'expired') order.expiredAt = at;
  if (status === 'rejected') order.failedAt = at;
  exchange.announce(event, order, reason === undefined ? {} : { reason });
}

function cancelNow(exchange: Exchange, order: Order, reason?: string): void {
  finish(exchange, order, 'canceled', 'canceled', reason);
}

/** Ends an order as cancelled, and with it its whole group. */
export function cancel(exchange: Exchange, order: Order, reason?: string): void {
  if (isOpen(order)) cancelNow(exchange, order, reason);
  for (const other of groupOf(exchange, order)) if (other.id !== order.id && isOpen(other)) cancelNow(exchange, other);
}

/** Ends an order whose time in force is over, and with it its whole group. */
export function expire(exchange: Exchange, order: Order): void {
  for (const each of groupOf(exchange, order)) if (isOpen(each)) finish(exchange, each, 'expired', 'expired');
}

export function reject(exchange: Exchange, order: Order, reason: string): void {
  finish(exchange, order, 'rejected', 'rejected', reason);
}

/** The fill of a notional order at a price: as many shares (nine decimals, rounded down) as the rest of the amount buys. */
export function notionalQty(order: Order, price: number): Dec {
  const rest = (order.notional ?? 0n) - order.filledCost;
  const unit = 10n ** 9n;
  return (over(rest, fromMicros(price)) / unit) * unit;
}
