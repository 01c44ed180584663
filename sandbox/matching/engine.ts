import { type Dec, fromInt, fromMicros, isWhole, min, truncateTo } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { nextBoundary, phaseAt, tradingDay } from '../market/calendar.ts';
import type { Tick } from '../market/market.ts';
import { MINUTE, SECOND, newYorkDay } from '../market/time.ts';
import { equityOf } from '../orders/valuation.ts';
import { randomFrom } from '../random.ts';
import type { Order } from '../state/types.ts';
import { activate, cancel, expire, fill, leavesOf, notionalQty } from './book.ts';
import { couldReact, mayTrade, react } from './rules.ts';

export type Engine = ReturnType<typeof createEngine>;

function isImmediate(order: Order): boolean {
  return order.timeInForce === 'ioc' || order.timeInForce === 'fok';
}

/** Moves orders along with the market time: activations at the open, fills along the price paths, expiry at the close. */
export function createEngine(exchange: Exchange) {
  const { store, market, clock, settings, seed } = exchange;
  /** The last market second at which an order was looked at; what is not in here has just arrived. */
  const seen = new Map<string, number>();
  const takenOfMinute = new Map<string, { minute: number; qty: Dec }>();

  function isWorking(order: Order): boolean {
    if (order.orderClass === 'oco' && order.status === 'held') return true;
    return order.status === 'new' || order.status === 'partially_filled' || order.status === 'pending_cancel';
  }

  /** Orders that waited for their session get to work when it begins. */
  function openSession(at: number): void {
    const phase = phaseAt(at);
    for (const order of store.allOpen())
      if (order.status === 'accepted' && mayTrade(order, phase)) activate(exchange, order);
  }

  function expireDue(at: number): void {
    for (const order of store.allOpen()) {
      if (order.expiresAt > at || order.parentId !== null) continue;
      if (order.timeInForce === 'opg' || order.timeInForce === 'cls') cancel(exchange, order);
      else expire(exchange, order);
    }
  }

  function closeBooks(): void {
    for (const account of store.accounts.values()) {
      account.lastEquity = equityOf(exchange, account);
      store.put('account', account);
    }
  }

  /** One look at an order; within one market second only the first counts, unless the price was moved by hand. */
  function visit(order: Order, tick: Tick, isForced: boolean): void {
    const second = Math.floor(tick.at / SECOND);
    const before = seen.get(order.id) ?? Infinity;
    if (before === second && !isForced) return;
    if (settings.hold_fills || !isWorking(order) || !mayTrade(order, tick.phase) || !isAuctionNow(order, tick)) return;
    seen.set(order.id, second);
    const reaction = react(order, tick, before < second);
    if (
      reaction.triggered !== order.triggered ||
      reaction.stopPrice !== order.stopPrice ||
      reaction.hwm !== order.hwm
    ) {
      Object.assign(order, { triggered: reaction.triggered, stopPrice: reaction.stopPrice, hwm: reaction.hwm });
      store.put('order', order);
    }
    const qty = reaction.price === null ? 0n : fillable(order, reaction.price, tick);
    if (reaction.price !== null && qty > 0n) fill(exchange, order, qty, fromMicros(reaction.price));
    const isOver = isImmediate(order) || order.timeInForce === 'opg' || order.timeInForce === 'cls';
    if (isOver && isWorking(order) && store.orders.get(order.id)?.status !== 'filled') cancel(exchange, order);
  }

  /** opg orders meet the market at the first price of the session, cls orders at the last one. */
  function isAuctionNow(order: Order, tick: Tick): boolean {
    if (order.timeInForce !== 'cls') return true;
    const day = tradingDay(newYorkDay(tick.at));
    return day !== null && tick.at >= day.close - SECOND;
  }

  /** How much of an order fills at a tick: all of it, unless chance or the volume cap make it less. */
  function fillable(order: Order, price: number, tick: Tick): Dec {
    const leaves = order.qty === null ? notionalQty(order, price) : leavesOf(order);
    let qty = leaves;
    const random = randomFrom(seed, 'partial', order.seq, order.fills, Math.floor(tick.at / SECOND));
    if (order.timeInForce !== 'fok' && order.qty !== null && isWhole(leaves) && leaves > fromInt(1)) {
      if (random() < settings.partial_fills)
        qty = fromInt(1 + Math.floor(random() * (Number(leaves / fromInt(1)) - 1)));
    }
    if (settings.volume_share !== null) qty = min(qty, volumeLeft(order.symbol, tick));
    if (order.timeInForce === 'fok' && qty < leaves) return 0n;
    const taken = takenOfMinute.get(order.symbol);
    if (taken) taken.qty += qty;
    return qty;
  }

  function volumeLeft(symbol: string, tick: Tick): Dec {
    const minute = Math.floor(tick.at / MINUTE);
    if (takenOfMinute.get(symbol)?.minute !== minute) takenOfMinute.set(symbol, { minute, qty: 0n });
    const cap = fromInt(Math.floor(tick.volume * (settings.volume_share ?? 1)));
    const left = cap - (takenOfMinute.get(symbol)?.qty ?? 0n);
    return left > 0n ? truncateTo(left, 0) : 0n;
  }

  function visitSymbol(symbol: string, at: number, isForced = false): void {
    const tick = market.tick(symbol, at);
    for (const order of store.openIn(symbol)) {
      if (tick) visit(order, tick, isForced);
      else if (isImmediate(order) && isWorking(order) && !settings.hold_fills && phaseAt(at) === 'regular')
        cancel(exchange, order);
    }
  }

  function isQuiet(symbol: string, minute: number, at: number): boolean {
    if (market.pinned(at).includes(symbol)) return false;
    const bar = market.minuteAt(symbol, minute);
    return bar === null || !store.openIn(symbol).some((order) => couldReact(order, bar.l, bar.h));
  }

  /** Works through one minute (or its rest) second by second, passing over symbols in which nothing can happen. */
  function runMinute(from: number, to: number): void {
    const minute = Math.floor(from / MINUTE) * MINUTE;
    const busy = store.activeSymbols().filter((symbol) => !isQuiet(symbol, minute, from));
    if (busy.length === 0) return;
    for (let at = Math.floor(from / SECOND) * SECOND + SECOND; at < to; at += SECOND) {
      exchange.setTime(at);
      for (const symbol of busy) visitSymbol(symbol, at);
    }
  }

  function crossBoundary(at: number): void {
    exchange.setTime(at);
    const day = tradingDay(newYorkDay(at));
    if (day && at === day.close) closeBooks();
    const open = new Set(store.allOpen().map((order) => order.id));
    for (const id of seen.keys()) if (!open.has(id)) seen.delete(id);
    expireDue(at);
    openSession(at);
    for (const symbol of store.activeSymbols()) visitSymbol(symbol, at);
    exchange.commit();
  }

  /** Brings every order to a market time, in market order. */
  function advanceTo(target: number): void {
    let at = exchange.time();
    while (at < target) {
      if (Math.floor(at / SECOND) === Math.floor(target / SECOND)) {
        exchange.setTime(target);
        break;
      }
      const boundary = nextBoundary(at);
      if (phaseAt(at) === 'closed' || store.activeSymbols().length === 0) {
        at = Math.min(boundary, target);
      } else {
        const next = Math.min((Math.floor(at / MINUTE) + 1) * MINUTE, boundary, target);
        runMinute(at, next);
        if (next < boundary && next % SECOND === 0) atSecond(next);
        at = next;
      }
      if (at === boundary) crossBoundary(at);
      exchange.setTime(at);
    }
    exchange.commit();
  }

  function atSecond(at: number): void {
    exchange.setTime(at);
    for (const symbol of store.activeSymbols()) visitSymbol(symbol, at);
  }

  return {
    /** Brings every order up to the market clock. */
    advance(): void {
      advanceTo(clock.now());
    },
    advanceTo,
    /** Starts over at a time without what lies between (the clock moved to another world). */
    resetTo(at: number): void {
      exchange.setTime(at);
      openSession(at);
      expireDue(at);
      exchange.commit();
    },
    /**
     * Looks at the orders of a symbol (or all) at the present moment, as after a new order; forced, also again within
     * the same second, as after a price set by hand.
     */
    look(symbol?: string, isForced = false): void {
      const at = exchange.time();
      for (const each of symbol === undefined ? store.activeSymbols() : [symbol]) visitSymbol(each, at, isForced);
      exchange.commit();
    },
  };
}
