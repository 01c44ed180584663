import { type Dec, fromInt, fromMicros, over, roundTo, times, toMicros } from '../decimal.ts';
import type { Phase } from '../market/calendar.ts';
import type { Tick } from '../market/market.ts';
import type { Order, Side } from '../state/types.ts';

/** What the market does to an order at one tick; `price` (millionths) is set when it can fill. */
export type Reaction = {
  readonly hwm: Dec | null;
  readonly stopPrice: Dec | null;
  readonly triggered: boolean;
  readonly price: number | null;
};

/** Whether an order may trade in a part of the day. */
export function mayTrade(order: Order, phase: Phase): boolean {
  if (phase === 'regular') return true;
  return (phase === 'pre' || phase === 'post') && order.extendedHours && order.type === 'limit';
}

/**
 * The matching rule, pure. A market order trades at the far side of the quote. A limit order trades once the path
 * reaches its limit: at the limit when the path crossed it while the order was resting, else at the far side of the quote
 * but never beyond the limit. A stop triggers when the path touches it. No price lies outside the tick's [low, high].
 * @param resting whether the order was already looked at before the path's last step
 */
export function react(order: Order, tick: Tick, resting: boolean): Reaction {
  const trailed = order.type === 'trailing_stop' && !order.triggered ? trail(order, tick) : null;
  const stopPrice = trailed?.stopPrice ?? order.stopPrice;
  const isStop = order.type === 'stop' || order.type === 'stop_limit' || order.type === 'trailing_stop';
  const triggered = !isStop || order.triggered || touches(order.side, stopPrice, tick.price);
  const isFresh = isStop && !order.triggered;
  const price = triggered ? priceOf(order, tick, resting && !isFresh) : null;
  return { hwm: trailed?.hwm ?? order.hwm, stopPrice, triggered: isStop && triggered, price };
}

function priceOf(order: Order, tick: Tick, resting: boolean): number | null {
  const limit = order.type === 'limit' || order.type === 'stop_limit' ? order.limitPrice : order.collar;
  if (limit === null) return order.side === 'buy' ? tick.buy : tick.sell;
  return limitPrice(order.side, toMicros(limit), tick, resting);
}

function limitPrice(side: Side, limit: number, tick: Tick, resting: boolean): number | null {
  if (side === 'buy') {
    if (tick.price > limit) return null;
    const crossed = resting && tick.previous !== null && tick.previous > limit;
    return crossed ? limit : Math.min(limit, tick.buy);
  }
  if (tick.price < limit) return null;
  const crossed = resting && tick.previous !== null && tick.previous < limit;
  return crossed ? limit : Math.max(limit, tick.sell);
}

function touches(side: Side, stop: Dec | null, price: number): boolean {
  if (stop === null) return false;
  return side === 'buy' ? price >= toMicros(stop) : price <= toMicros(stop);
}

/** A sell trails below the highest price seen, a buy above the lowest. */
function trail(order: Order, tick: Tick): { hwm: Dec; stopPrice: Dec } {
  const price = fromMicros(tick.price);
  const isBetter = order.hwm === null || (order.side === 'sell' ? price > order.hwm : price < order.hwm);
  const hwm = isBetter || order.hwm === null ? price : order.hwm;
  return { hwm, stopPrice: trailingStop(order, hwm) };
}

/** The stop that belongs to a high-water mark. */
export function trailingStop(order: Pick<Order, 'side' | 'trailPrice' | 'trailPercent'>, hwm: Dec): Dec {
  const distance = order.trailPrice ?? over(times(hwm, order.trailPercent ?? 0n), fromInt(100));
  return roundTo(order.side === 'sell' ? hwm - distance : hwm + distance, hwm >= fromInt(1) ? 2 : 4);
}

/** Whether any price within a bar could do something to an order; used to pass quickly over quiet minutes. */
export function couldReact(order: Order, low: number, high: number): boolean {
  if (order.status === 'pending_new' || order.status === 'accepted') return true;
  if (order.type === 'market' || order.type === 'trailing_stop' || order.triggered) return true;
  if (order.timeInForce === 'cls' || order.timeInForce === 'opg') return true;
  if (order.type === 'limit') {
    const limit = toMicros(order.limitPrice ?? 0n);
    return order.side === 'buy' ? low <= limit : high >= limit;
  }
  const stop = toMicros(order.stopPrice ?? 0n);
  return order.side === 'buy' ? high >= stop : low <= stop;
}
