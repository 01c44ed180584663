import { type Dec, fromInt, fromMicros, isWhole, over, parseDec, text, times, truncateTo } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { Refusal, badInput, notFound } from '../failure.ts';
import { tradingDay } from '../market/calendar.ts';
import { newYorkDay } from '../market/time.ts';
import { findAsset } from '../orders/assets.ts';
import { assetIdOf, orderWire } from '../orders/wire.ts';
import { availableQty } from '../orders/valuation.ts';
import type { Position } from '../state/types.ts';
import { type Call, type Desk, type Handler, ok } from './http.ts';
import { cancelAll, closePosition } from './orders.ts';

/** What of a position's profit was made since the last close: the part held over night moves from there, the rest from its cost. */
function intraday(exchange: Exchange, position: Position, price: Dec, lastClose: Dec): { profit: Dec; base: Dec } {
  const day = tradingDay(newYorkDay(exchange.time()));
  const dayStart = day?.preOpen ?? exchange.time();
  const today = exchange.store
    .executionsOf(position.accountId)
    .filter((each) => each.symbol === position.symbol && each.atMs >= dayStart)
    .map((each) => ({ side: each.side, qty: exchange.store.standing(each).qty }));
  const net = today.reduce((sum, each) => sum + (each.side === 'buy' ? each.qty : -each.qty), 0n);
  const overnight = position.qty - net;
  const isCarried = overnight !== 0n && overnight > 0n === position.qty > 0n;
  const kept = isCarried ? (position.qty > 0n === net > 0n ? overnight : position.qty) : 0n;
  const fresh = position.qty - kept;
  const average = over(position.cost, position.qty);
  const base = times(kept, lastClose) + times(fresh, average);
  return { profit: times(position.qty, price) - base, base };
}

function ratio(part: Dec, whole: Dec): string {
  return whole === 0n ? '0' : text(over(part, whole < 0n ? -whole : whole), 10);
}

function positionWire(exchange: Exchange, position: Position): Readonly<Record<string, unknown>> {
  const average = over(position.cost, position.qty);
  const price = exchange.price(position.symbol) ?? average;
  const close = exchange.market.previousClose(position.symbol, exchange.time());
  const lastClose = close === null ? price : fromMicros(close);
  const value = times(position.qty, price);
  const day = intraday(exchange, position, price, lastClose);
  return {
    asset_id: assetIdOf(position.symbol),
    symbol: position.symbol,
    exchange: exchange.market.listing(position.symbol)?.exchange ?? 'NYSE',
    asset_class: 'us_equity',
    asset_marginable: true,
    qty: text(position.qty),
    qty_available: text(position.qty < 0n ? -available(exchange, position) : available(exchange, position)),
    avg_entry_price: text(average, 9),
    side: position.qty > 0n ? 'long' : 'short',
    market_value: text(value, 9),
    cost_basis: text(position.cost, 9),
    unrealized_pl: text(value - position.cost, 9),
    unrealized_plpc: ratio(value - position.cost, position.cost),
    unrealized_intraday_pl: text(day.profit, 9),
    unrealized_intraday_plpc: ratio(day.profit, day.base),
    current_price: text(price),
    lastday_price: text(lastClose),
    change_today: ratio(price - lastClose, lastClose),
  };
}

function available(exchange: Exchange, position: Position): Dec {
  return availableQty(exchange, position.accountId, position.symbol);
}

/** GET /v2/positions. */
export function getPositions({ exchange }: Desk): Handler {
  return ({ account }) => ok(exchange.store.positionsOf(account.id).map((each) => positionWire(exchange, each)));
}

function ownPosition({ exchange }: Desk, call: Call): Position {
  const wanted = call.params['symbol'] ?? '';
  const symbol = findAsset(exchange, wanted)?.symbol ?? wanted.toUpperCase();
  const position = exchange.store.position(call.account.id, symbol);
  if (!position || position.qty === 0n) {
    throw notFound(
      exchange.market.listing(symbol) ? 'position does not exist' : `symbol not found: ${wanted.slice(0, 40)}`,
    );
  }
  return position;
}

/** GET /v2/positions/{symbol or asset id}. */
export function getPosition(desk: Desk): Handler {
  return (call) => ok(positionWire(desk.exchange, ownPosition(desk, call)));
}

/** DELETE /v2/positions/{symbol}?qty= or ?percentage=: the closing market order. */
export function deletePosition(desk: Desk): Handler {
  return (call) => {
    const position = ownPosition(desk, call);
    const size = position.qty < 0n ? -position.qty : position.qty;
    const order = closePosition(desk, call, position.symbol, partOf(call.query, size));
    return ok(orderWire(order, desk.exchange.store, true));
  };
}

function partOf(query: URLSearchParams, size: Dec): Dec {
  const [qty, percentage] = [query.get('qty'), query.get('percentage')];
  if (qty && percentage) throw badInput('only one of qty or percentage is accepted');
  if (qty) return positive(qty, 'qty');
  if (!percentage) return size;
  const share = positive(percentage, 'percentage');
  if (share > fromInt(100)) throw badInput('percentage must be between 0 and 100');
  const part = over(times(size, share), fromInt(100));
  return isWhole(size) && part >= fromInt(1) ? truncateTo(part, 0) : truncateTo(part, 9);
}

function positive(value: string, name: string): Dec {
  const amount = parseDec(value);
  if (amount === null || amount <= 0n) throw badInput(`${name} must be > 0`);
  return amount;
}

/** DELETE /v2/positions: 207 with one closing order for each position. */
export function deletePositions(desk: Desk): Handler {
  return (call) => {
    const { exchange } = desk;
    if (call.query.get('cancel_orders') === 'true') releaseAll(desk, call);
    const rows = exchange.store.positionsOf(call.account.id).map((position) => {
      const size = position.qty < 0n ? -position.qty : position.qty;
      try {
        const order = closePosition(desk, call, position.symbol, size);
        return { symbol: position.symbol, status: 200, body: orderWire(order, exchange.store, true) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { symbol: position.symbol, status: error.status, body: error.body };
      }
    });
    return { status: 207, body: rows };
  };
}

/** Cancels at once, so that the closing orders find the whole quantity free. */
function releaseAll(desk: Desk, call: Call): void {
  cancelAll(desk, call.account.id);
  for (const order of desk.exchange.store.openOf(call.account.id)) {
    if (order.status === 'pending_cancel') desk.lifecycle.finishCancelNow(order);
  }
}
