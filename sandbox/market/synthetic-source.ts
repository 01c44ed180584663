import { bell, randomFrom } from '../random.ts';
import { type Bar, makeBar, tickAt } from './bars.ts';
import { type TradingDay, nextTradingDay, tradingDay } from './calendar.ts';
import { SYNTHETIC_LISTINGS, type SyntheticListing } from './listings.ts';
import { minutesInside } from './price-path.ts';
import { type BarSource, recentlyUsed } from './source.ts';
import { type Day, MINUTE, dayOf } from './time.ts';

const FIRST_DAY = dayOf(2012, 1, 3);
const LAST_DAY = dayOf(2035, 12, 31);
const MINUTES_KEPT = 800;

/** The days of one symbol, walked forward from the first one as far as anybody asked. */
type Walk = { readonly listing: SyntheticListing; readonly bars: Map<Day, Bar>; last: TradingDay; close: number };

/**
 * An invented market: per symbol a seeded walk of daily bars that hovers around a usual price, and inside each day
 * minute bars that together are exactly the daily bar, with thinner trading before and after the regular session.
 */
export function syntheticSource(seed: number): BarSource {
  const walks = new Map<string, Walk>();
  const minutesOf = recentlyUsed<readonly Bar[]>(MINUTES_KEPT);
  const bySymbol = new Map(SYNTHETIC_LISTINGS.map((listing) => [listing.symbol, listing]));

  function walkTo(symbol: string, day: Day): Walk | null {
    const listing = bySymbol.get(symbol);
    if (!listing || day < FIRST_DAY || day > LAST_DAY) return null;
    let walk = walks.get(symbol);
    if (!walk) {
      const first = tradingDay(FIRST_DAY) ?? nextTradingDay(FIRST_DAY);
      const start = listing.price * (0.8 + 0.4 * randomFrom(seed, 'start', symbol)());
      walk = { listing, bars: new Map(), last: first, close: start };
      addDay(walk, seed, first);
      walks.set(symbol, walk);
    }
    while (walk.last.day < day) addDay(walk, seed, nextTradingDay(walk.last.day));
    return walk;
  }

  function daily(symbol: string, day: Day): Bar | null {
    return walkTo(symbol, day)?.bars.get(day) ?? null;
  }

  return {
    kind: 'synthetic',
    listings: SYNTHETIC_LISTINGS,
    daily,
    minutes(symbol, day) {
      const bar = daily(symbol, day);
      const hours = tradingDay(day);
      if (!bar || !hours) return [];
      return minutesOf(`${symbol} ${day}`, () => minutesOfDay(seed, symbol, bar, hours));
    },
    hours: () => null,
    span: (symbol) => (bySymbol.has(symbol) ? { first: FIRST_DAY, last: LAST_DAY } : null),
    resolution: (symbol, day) => (daily(symbol, day) ? '1Min' : null),
    factors: () => [],
  };
}

function addDay(walk: Walk, seed: number, day: TradingDay): void {
  const { listing } = walk;
  const random = randomFrom(seed, 'day', listing.symbol, day.day);
  const pull = 0.01 * (listing.price / walk.close - 1);
  const open = walk.close * (1 + bell(random) * listing.volatility * 0.35);
  const close = open * (1 + pull + bell(random) * listing.volatility * 0.85);
  const high = Math.max(open, close) * (1 + random() * listing.volatility * 0.6);
  const low = Math.min(open, close) * (1 - random() * listing.volatility * 0.6);
  const volume = Math.round(listing.volume * (0.6 + random() * 0.6 + random() * 0.3) * (day.half ? 0.5 : 1));
  walk.bars.set(day.day, makeBar(day.open, cents(open), cents(high), cents(low), cents(close), volume));
  walk.close = close;
  walk.last = day;
}

function cents(price: number): number {
  return Math.round(price * 100) * 10_000;
}

function minutesOfDay(seed: number, symbol: string, bar: Bar, day: TradingDay): Bar[] {
  const count = Math.round((day.close - day.open) / MINUTE);
  return [
    ...thinTrading(seed, symbol, { from: day.preOpen, to: day.open, busyAtEnd: true }, bar.o, bar.v),
    ...minutesInside(seed, symbol, { ...bar, t: day.open }, day.open, count),
    ...thinTrading(seed, symbol, { from: day.close, to: day.postClose, busyAtEnd: false }, bar.c, bar.v),
  ];
}

type Span = { readonly from: number; readonly to: number; readonly busyAtEnd: boolean };

/** Sparse minutes around one price (the coming open, or the last close), denser near the regular session. */
function thinTrading(seed: number, symbol: string, span: Span, around: number, dayVolume: number): Bar[] {
  const { from, to, busyAtEnd } = span;
  const random = randomFrom(seed, 'thin', symbol, from);
  const tick = tickAt(around);
  const bars: Bar[] = [];
  const minutes = Math.round((to - from) / MINUTE);
  for (let i = 0; i < minutes; i++) {
    const near = busyAtEnd ? i / minutes : 1 - i / minutes;
    const isTraded = random() < 0.15 + 0.7 * near * near;
    const spread = around * 0.0009;
    const points = [0, 1, 2, 3].map(() => Math.round((around + bell(random) * spread) / tick) * tick);
    if (!isTraded) continue;
    const [o = around, c = around] = points;
    const volume = Math.max(1, Math.round(dayVolume * 0.00002 * (0.3 + random())));
    bars.push(makeBar(from + i * MINUTE, o, Math.max(...points), Math.min(...points), c, volume));
  }
  return bars;
}
