import { randomFrom } from '../random.ts';
import { type Bar, tickAt } from './bars.ts';
import { type Phase, phaseAt, previousTradingDay, tradingDay } from './calendar.ts';
import { secondsOf } from './price-path.ts';
import type { BarSource, Listing } from './source.ts';
import { type Day, MINUTE, SECOND, newYorkDay } from './time.ts';

/**
 * The market in one symbol at one second, in millionths of a dollar. `previous` is the price one second before within
 * the same bar (null at its first second, and for a price set by hand). `buy` and `sell` are what a market order pays
 * and gets: the far side of the quote, never outside [low, high].
 */
export type Tick = {
  readonly at: number;
  readonly phase: Phase;
  readonly price: number;
  readonly previous: number | null;
  readonly low: number;
  readonly high: number;
  readonly buy: number;
  readonly sell: number;
  readonly volume: number;
};

export type Quote = {
  readonly at: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
};
export type Trade = { readonly at: number; readonly price: number; readonly size: number; readonly id: number };

export type Market = ReturnType<typeof createMarket>;

/** Prices at any market time, from the bars of a source and from prices set by hand. */
export function createMarket(source: BarSource, seed: number) {
  const listings = new Map<string, Listing>(source.listings.map((listing) => [listing.symbol, listing]));
  const pins = new Map<string, { price: number; day: Day }>();
  const paths = new Map<string, { bar: Bar; prices: number[] }>();

  function minuteAt(symbol: string, at: number): Bar | null {
    const start = Math.floor(at / MINUTE) * MINUTE;
    const bar = lastUpTo(source.minutes(symbol, newYorkDay(at)), start);
    return bar?.t === start ? bar : null;
  }

  function pathOf(symbol: string, bar: Bar): number[] {
    const known = paths.get(symbol);
    if (known?.bar.t === bar.t) return known.prices;
    const prices = secondsOf(seed, symbol, bar);
    paths.set(symbol, { bar, prices });
    return prices;
  }

  /** The price set by hand; it holds until released and at most for the rest of its trading day. */
  function pinAt(symbol: string, at: number): number | null {
    const pin = pins.get(symbol);
    return pin && pin.day === newYorkDay(at) ? pin.price : null;
  }

  function tick(symbol: string, at: number): Tick | null {
    const phase = phaseAt(at);
    if (phase === 'closed') return null;
    const pin = pinAt(symbol, at);
    const bar = minuteAt(symbol, at);
    const volume = bar?.v ?? 0;
    if (pin !== null)
      return { at, phase, price: pin, previous: null, low: pin, high: pin, buy: pin, sell: pin, volume };
    if (!bar) return null;
    const second = Math.floor((at - bar.t) / SECOND);
    const path = pathOf(symbol, bar);
    const price = path[second] ?? bar.c;
    const half = halfSpread(price);
    return {
      at,
      phase,
      price,
      previous: second > 0 ? (path[second - 1] ?? null) : null,
      low: bar.l,
      high: bar.h,
      buy: Math.min(bar.h, price + half),
      sell: Math.max(bar.l, price - half),
      volume,
    };
  }

  /** The newest price known at a time: the path's, else the last close before it. */
  function last(symbol: string, at: number): { price: number; at: number } | null {
    if (!listings.has(symbol)) return null;
    const pin = pinAt(symbol, at);
    if (pin !== null) return { price: pin, at };
    const current = tick(symbol, at);
    if (current) return { price: current.price, at: Math.floor(at / SECOND) * SECOND };
    const today = newYorkDay(at);
    const before = lastUpTo(source.minutes(symbol, today), at - MINUTE);
    if (before) return { price: before.c, at: before.t + MINUTE };
    return lastBeforeDay(symbol, today);
  }

  function lastBeforeDay(symbol: string, day: Day): { price: number; at: number } | null {
    const span = source.span(symbol);
    if (!span) return null;
    for (
      let each = previousTradingDay(Math.min(day, span.last + 1));
      each.day >= span.first;
      each = previousTradingDay(each.day)
    ) {
      if (source.resolution(symbol, each.day) === null) continue;
      const bar = source.minutes(symbol, each.day).at(-1);
      if (bar) return { price: bar.c, at: bar.t + MINUTE };
    }
    return null;
  }

  return {
    source,
    listing: (symbol: string): Listing | null => listings.get(symbol) ?? null,
    tick,
    last,
    minuteAt,
    /** The close of the last regular session before the day of an instant. */
    previousClose(symbol: string, at: number): number | null {
      const span = source.span(symbol);
      if (!span) return null;
      let day = previousTradingDay(Math.min(newYorkDay(at), span.last + 1));
      for (; day.day >= span.first; day = previousTradingDay(day.day)) {
        const bar = source.daily(symbol, day.day);
        if (bar) return bar.c;
      }
      return null;
    },
    pin(symbol: string, price: number | null, at: number): void {
      if (price === null) pins.delete(symbol);
      else pins.set(symbol, { price, day: newYorkDay(at) });
    },
    pinned: (at: number): string[] => [...pins.keys()].filter((symbol) => pinAt(symbol, at) !== null),
    quote(symbol: string, at: number): Quote | null {
      const newest = last(symbol, at);
      if (!newest) return null;
      const isOpen = phaseAt(at) !== 'closed';
      const random = randomFrom(seed, 'size', symbol, newest.at);
      const half = pinAt(symbol, at) === null ? halfSpread(newest.price) : 0;
      return {
        at: isOpen ? at : newest.at,
        bid: newest.price - half,
        ask: newest.price + half,
        bidSize: 100 * (1 + Math.floor(random() * 9)),
        askSize: 100 * (1 + Math.floor(random() * 9)),
      };
    },
    trade(symbol: string, at: number): Trade | null {
      const newest = last(symbol, at);
      if (!newest) return null;
      const size = 1 + Math.floor(randomFrom(seed, 'trade', symbol, newest.at)() * 300);
      return { at: newest.at, price: newest.price, size, id: Math.floor(newest.at / SECOND) };
    },
    /** The minute bar under way as far as its path has come, null between bars. */
    minuteSoFar(symbol: string, at: number): Bar | null {
      const bar = minuteAt(symbol, at);
      if (!bar) return null;
      const seen = pathOf(symbol, bar).slice(0, Math.floor((at - bar.t) / SECOND) + 1);
      const share = seen.length / 60;
      const [h, l] = [Math.max(...seen), Math.min(...seen)];
      const c = seen.at(-1) ?? bar.o;
      const n = Math.max(1, Math.round(bar.n * share));
      return { t: bar.t, o: bar.o, h, l, c, v: Math.floor(bar.v * share), n, vw: Math.round((h + l + 2 * c) / 4) };
    },
    /** Today's minute bars up to a time: the finished ones and the part of the one under way. */
    minutesUpTo(symbol: string, at: number): Bar[] {
      const bars = source.minutes(symbol, newYorkDay(at)).filter((bar) => bar.t + MINUTE <= at);
      const current = this.minuteSoFar(symbol, at);
      return current ? [...bars, current] : bars;
    },
    /** The trading day of an instant, when it is one. */
    today: (at: number) => tradingDay(newYorkDay(at)),
  };
}

function halfSpread(price: number): number {
  const tick = tickAt(price);
  return Math.max(tick, Math.round((price * 0.00005) / tick) * tick);
}

/** The last bar that starts at or before a time. */
export function lastUpTo(bars: readonly Bar[], start: number): Bar | null {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bars[middle]?.t ?? Infinity) <= start) low = middle + 1;
    else high = middle;
  }
  return bars[low - 1] ?? null;
}
