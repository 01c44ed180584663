import { type Dec, over, text, times } from '../decimal.ts';
import type { Exchange, UpdateDetails } from '../exchange.ts';
import type { Execution, ExecutionAmendment, Order } from '../state/types.ts';
import { movePosition } from './book.ts';

/** What the broker itself does to an execution afterwards; null: it is undone. */
export type Amending = {
  readonly corrected: { readonly qty: Dec; readonly price: Dec } | null;
  /** Whether the order's filled quantity follows the change, or stays as it was: Alpaca does not say which. */
  readonly filledQty: 'follows' | 'stays';
  readonly reason: string;
};

/** Undoes or changes an execution: position and cash move, the order's status does not, and the stream tells of it. */
export function amend(exchange: Exchange, execution: Execution, amending: Amending): ExecutionAmendment {
  const { store } = exchange;
  const { corrected, filledQty, reason } = amending;
  const order = store.orders.get(execution.orderId) as Order;
  const before = store.standing(execution);
  const after = corrected ?? { qty: 0n, price: before.price };
  const position = takeBack(exchange, order, before);
  if (after.qty > 0n) movePosition(position, order.side === 'buy' ? after.qty : -after.qty, after.price);
  store.put('position', position);
  const account = store.accounts.get(order.accountId);
  if (account) {
    const change = times(before.qty, before.price) - times(after.qty, after.price);
    account.cash += order.side === 'buy' ? change : -change;
    store.put('account', account);
  }
  if (filledQty === 'follows') {
    order.filledQty += after.qty - before.qty;
    order.filledCost += times(after.qty, after.price) - times(before.qty, before.price);
  }
  const amendment: ExecutionAmendment = {
    id: exchange.newId(),
    executionId: execution.id,
    previousId: before.id,
    orderId: order.id,
    busted: corrected === null,
    qty: after.qty,
    price: after.price,
    at: exchange.stamp(),
  };
  store.put('amendment', amendment);
  const details: UpdateDetails = {
    execution_id: amendment.id,
    previous_execution_id: before.id,
    price: text(corrected === null ? before.price : after.price),
    qty: text(corrected === null ? before.qty : after.qty),
    position_qty: text(position.qty),
    reason,
  };
  exchange.announce(corrected === null ? 'trade_bust' : 'trade_correct', order, details);
  return amendment;
}

/** The position without an execution: what it opened goes at its price, what it closed comes back at the average cost. */
function takeBack(exchange: Exchange, order: Order, { qty, price }: { readonly qty: Dec; readonly price: Dec }) {
  const { accountId, symbol, side } = order;
  const position = exchange.store.position(accountId, symbol) ?? { accountId, symbol, qty: 0n, cost: 0n };
  const change = side === 'buy' ? -qty : qty;
  const isOwn = position.qty !== 0n && position.qty > 0n === (side === 'buy');
  if (isOwn && (position.qty > 0n ? qty <= position.qty : qty <= -position.qty)) {
    position.qty += change;
    position.cost = position.qty === 0n ? 0n : position.cost + times(change, price);
  } else {
    const average = isOwn || position.qty === 0n ? price : over(position.cost, position.qty);
    movePosition(position, change, isOwn ? price : average);
  }
  return position;
}
