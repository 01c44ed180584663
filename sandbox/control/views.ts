import { text } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { newYorkDay, newYorkText } from '../market/time.ts';
import { equityOf } from '../orders/valuation.ts';
import type { Store } from '../state/store.ts';
import type { Execution } from '../state/types.ts';
import type { Timekeeper } from '../timekeeper.ts';

/** Every order ever accepted, with its executions, straight from the sandbox's own books. */
export function ledger(exchange: Exchange, query: URLSearchParams) {
  const { store } = exchange;
  const [accountId, clientOrderId] = [query.get('account_id'), query.get('client_order_id')];
  const orders = [...store.orders.values()]
    .filter(
      (order) =>
        (!accountId || order.accountId === accountId) && (!clientOrderId || order.clientOrderId === clientOrderId),
    )
    .map((order) => ({
      id: order.id,
      client_order_id: order.clientOrderId,
      account_id: order.accountId,
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      order_class: order.orderClass,
      parent_id: order.parentId,
      replaces: order.replaces,
      qty: order.qty === null ? null : text(order.qty),
      notional: order.notional === null ? null : text(order.notional),
      status: order.status,
      filled_qty: text(order.filledQty),
      created_at: order.createdAt,
      received_at_real: order.receivedAtReal,
      ended_at_real: order.endedAtReal,
      executions: store.executionsOfOrder(order.id).map((each) => ({
        execution_id: each.id,
        qty: text(each.qty),
        price: text(each.price),
        at: each.at,
        ...amended(store, each),
      })),
    }));
  return { orders, count: orders.length };
}

/** What stands of an execution that was busted or corrected. */
function amended(store: Store, execution: Execution) {
  if (store.amendmentsOf(execution.id).length === 0) return {};
  const { id, qty, price, busted } = store.standing(execution);
  return { busted, standing: { execution_id: id, qty: text(qty), price: text(price) } };
}

export function accountRows(exchange: Exchange) {
  const { store } = exchange;
  const accounts = [...store.accounts.values()].map((account) => ({
    id: account.id,
    account_number: account.number,
    status: account.status,
    cash: text(account.cash),
    equity: text(equityOf(exchange, account), 2),
    orders: store.ordersOf(account.id).length,
    open_orders: store.openOf(account.id).length,
    positions: store.positionsOf(account.id).map((each) => ({ symbol: each.symbol, qty: text(each.qty) })),
    key_ids: [...store.keys.values()].filter((key) => key.accountId === account.id).map((key) => key.keyId),
    tokens: [...store.tokens.values()].filter((token) => token.accountId === account.id && !token.revoked).length,
    created_at: account.createdAt,
  }));
  return { accounts, count: accounts.length };
}

export function info(exchange: Exchange, timekeeper: Timekeeper) {
  const { market, clock } = exchange;
  const symbols = market.source.listings.map((listing) => listing.symbol);
  const today = newYorkDay(clock.now());
  return {
    data: market.source.kind,
    symbols,
    seed: exchange.seed,
    speed: clock.speed(),
    paused: clock.paused(),
    now: newYorkText(clock.now()),
    exhausted: timekeeper.isExhausted(),
    today: Object.fromEntries(symbols.map((symbol) => [symbol, market.source.resolution(symbol, today)])),
    prices_set_by_hand: market.pinned(clock.now()),
    settings: exchange.settings,
  };
}
