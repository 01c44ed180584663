import { EventEmitter } from 'node:events';
import type { Exchange } from '../exchange.ts';
import { dayBar } from '../market/history.ts';
import { MINUTE, SECOND, newYorkDay } from '../market/time.ts';
import { barWire, quoteWire, tradeWire } from '../rest/data.ts';
import { hashOf } from '../random.ts';

/** The channels of the data stream that carry something here; the rest can be subscribed to and stay silent. */
export type Channel = 'trades' | 'quotes' | 'bars' | 'updatedBars' | 'dailyBars' | 'statuses';
export type FeedItem = {
  readonly channel: Channel;
  readonly symbol: string;
  readonly message: Readonly<Record<string, unknown>>;
};

/** How many seconds and minutes are told apart after a leap of the clock; the rest is passed over. */
const MOST_SECONDS = 3;
const MOST_MINUTES = 10;
/** Every so many bars one is sent again half a minute later, as late trades do. */
const CORRECTED = 25;

export type DataFeed = ReturnType<typeof createDataFeed>;

/** Turns the passing of market time into trades, quotes and bars, `delay` milliseconds behind the clock. */
export function createDataFeed(exchange: Exchange, delay: number) {
  const { market } = exchange;
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const wanted = new Map<string, number>();
  let reached = exchange.time() - delay;

  function emit(channel: Channel, T: string, symbol: string, wire: Readonly<Record<string, unknown>> | null): void {
    if (wire) emitter.emit('item', { channel, symbol, message: { T, S: symbol, ...wire } } satisfies FeedItem);
  }

  function tellSecond(symbol: string, at: number): void {
    if (!market.tick(symbol, at)) return;
    emit('trades', 't', symbol, tradeWire(exchange, symbol, at));
    emit('quotes', 'q', symbol, quoteWire(exchange, symbol, at));
  }

  function tellMinute(symbol: string, end: number): void {
    const bar = market.minuteAt(symbol, end - MINUTE);
    if (!bar) return;
    emit('bars', 'b', symbol, barWire(bar));
    const day = dayBar(market, symbol, newYorkDay(bar.t), end);
    if (day) emit('dailyBars', 'd', symbol, barWire(day));
  }

  function tellCorrection(symbol: string, at: number): void {
    const bar = market.minuteAt(symbol, at - MINUTE / 2 - MINUTE);
    if (bar && hashOf(exchange.seed, symbol, bar.t) % CORRECTED === 0) emit('updatedBars', 'u', symbol, barWire(bar));
  }

  function symbols(): string[] {
    if (wanted.has('*')) return market.source.listings.map((listing) => listing.symbol);
    return [...wanted.keys()];
  }

  return {
    /** Tells what happened since the last call. */
    tick(): void {
      const now = exchange.time() - delay;
      const from = reached;
      reached = now;
      if (wanted.size === 0 || now <= from) return;
      const firstSecond = Math.max(Math.floor(from / SECOND) + 1, Math.floor(now / SECOND) - MOST_SECONDS + 1);
      const firstMinute = Math.max(Math.floor(from / MINUTE) + 1, Math.floor(now / MINUTE) - MOST_MINUTES + 1);
      for (const symbol of symbols()) {
        for (let minute = firstMinute; minute * MINUTE <= now; minute++) tellMinute(symbol, minute * MINUTE);
        for (let second = firstSecond; second * SECOND <= now; second++) {
          tellSecond(symbol, second * SECOND);
          if ((second * SECOND) % MINUTE === MINUTE / 2) tellCorrection(symbol, second * SECOND);
        }
      }
    },
    /** Tells the present price of a symbol at once, as after a price set by hand. */
    push(symbol: string): void {
      tellSecond(symbol, exchange.time() - delay);
    },
    /** Starts telling a symbol's news (`*` = all); gives back how to stop. */
    want(symbol: string): () => void {
      wanted.set(symbol, (wanted.get(symbol) ?? 0) + 1);
      return () => {
        const left = (wanted.get(symbol) ?? 1) - 1;
        if (left <= 0) wanted.delete(symbol);
        else wanted.set(symbol, left);
      };
    },
    onItem(listener: (item: FeedItem) => void): () => void {
      emitter.on('item', listener);
      return () => emitter.off('item', listener);
    },
  };
}
