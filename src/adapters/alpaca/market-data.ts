/** Quotes, snapshots and bars from Alpaca's Market Data API, under the house's own key. */
import { marketData as alpaca } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type { MarketBar, MarketData, MarketQuote, MarketSnapshot } from '../../application/ports/market-data.ts';
import type { Log } from '../../application/ports/log.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import { type Cache, createCache } from './cache.ts';
import { type Configurations, ask, inWords } from './http.ts';
import { readJson } from './own-words.ts';
import type { AlpacaConfig } from './config.ts';
import { maybe, price, problemOf, time } from './wire.ts';

/** Alpaca: the largest page of bars. */
const BARS_A_PAGE = 10_000;
/** Before the first bar that Alpaca serves; without a start it serves only today. */
const BEGINNING = new Date('1990-01-01T00:00:00Z');
/**
 * A chart with a split in it must not show a fall that nobody suffered. Bars since the last split, today's among them,
 * are the same either way.
 */
const ADJUSTMENT = 'split';

/** Everybody shares the requests that the house's key may make in a minute, so an answer serves all who ask meanwhile. */
const SERVES_MS = { quote: 250, snapshot: 500, newestBars: 1_000, pastBars: 60_000 };
const MOST_SYMBOLS = 10_000;
/** A reading can have thousands of bars. */
const MOST_READINGS_OF_BARS = 100;

/** Alpaca: quote; a side on which nobody quotes has price 0. */
const alpacaQuote = z.object({ t: time, bp: price, ap: price });
const alpacaTrade = z.object({ t: time, p: price });
const number = z.number();
/** Alpaca: bar; `t` is the start of its interval. */
const alpacaBar = z
  .object({ t: time, o: number, h: number, l: number, c: number, v: number })
  .transform(({ t, o, h, l, c, v }): MarketBar => ({
    time: Math.floor(Date.parse(t) / 1000),
    open: o,
    high: h,
    low: l,
    close: c,
    volume: v,
  }));
const alpacaSnapshot = z.object({
  latestQuote: maybe(alpacaQuote),
  latestTrade: maybe(alpacaTrade),
  minuteBar: maybe(alpacaBar),
  dailyBar: maybe(z.object({ t: time, c: price })),
  prevDailyBar: maybe(z.object({ c: price })),
});

const quotesAnswer = z.object({ quotes: z.record(z.string(), z.unknown()) });
const snapshotsAnswer = z.record(z.string(), z.unknown());
const barsAnswer = z.object({
  bars: maybe(z.record(z.string(), z.array(alpacaBar))),
  next_page_token: maybe(z.string()),
});
type BarsPage = z.output<typeof barsAnswer>;

/** The wall clock in Unix milliseconds, but never going back. */
const steadyWallClock = (): number => performance.timeOrigin + performance.now();

/** `now`: Unix milliseconds of a clock that never goes back. */
export function createMarketData(
  config: AlpacaConfig,
  configurations: Configurations,
  log: Log,
  now: () => number = steadyWallClock,
): MarketData {
  const cache = <Value>(servesMs: number, most: number): Cache<Value> => createCache({ servesMs, most, now });
  const quotes = cache<MarketQuote | null>(SERVES_MS.quote, MOST_SYMBOLS);
  const snapshots = cache<MarketSnapshot | null>(SERVES_MS.snapshot, MOST_SYMBOLS);
  const newestBars = cache<readonly MarketBar[]>(SERVES_MS.newestBars, MOST_READINGS_OF_BARS);
  const pastBars = cache<readonly MarketBar[]>(SERVES_MS.pastBars, MOST_READINGS_OF_BARS);
  // An order waits for its quote.
  const forOrders = new alpaca.StockApi(configurations.houseData('order'));
  const forPages = new alpaca.StockApi(configurations.houseData('list'));
  const feed = config.dataFeed;

  /** One symbol's part of an answer; null, with a warning, when it can not be understood. */
  function part<Schema extends z.ZodType>(schema: Schema, symbol: string, message: unknown): z.output<Schema> | null {
    const read = schema.safeParse(message);
    if (read.success) return read.data;
    log.warn('market data could not be understood', { symbol, problem: problemOf(read.error) });
    return null;
  }

  async function readQuote(symbol: string): Promise<MarketQuote | null> {
    const answer = await receive(quotesAnswer, () => forOrders.stockLatestQuotesRaw({ symbols: symbol, feed }));
    const message = answer.quotes[symbol];
    if (message === undefined) return null;
    const read = part(alpacaQuote, symbol, message);
    // A quote with one side only prices nothing: an order measured against it would seem to cost nothing.
    return read === null || read.bp === '0' || read.ap === '0' ? null : toQuote(symbol, read);
  }

  async function readSnapshots(symbols: readonly string[]): Promise<ReadonlyMap<string, MarketSnapshot>> {
    const found = new Map<string, MarketSnapshot>();
    const send = () => forPages.stockSnapshotsRaw({ symbols: symbols.join(','), feed });
    const answer = await receive(snapshotsAnswer, send);
    for (const symbol of symbols) {
      if (answer[symbol] === undefined || answer[symbol] === null) continue;
      const read = part(alpacaSnapshot, symbol, answer[symbol]);
      if (read === null || read.latestQuote === null || read.latestTrade === null) continue;
      found.set(symbol, {
        quote: toQuote(symbol, read.latestQuote),
        last: read.latestTrade.p,
        // Alpaca: a daily bar begins at midnight in New York.
        dailyBar: read.dailyBar === null ? null : { tradingDay: tradingDay(read.dailyBar.t), close: read.dailyBar.c },
        previousClose: read.prevDailyBar?.c ?? null,
        minuteBar: read.minuteBar,
      });
    }
    return found;
  }

  const readBars: MarketData['bars'] = async (symbol, timeframe, limit, before) => {
    const newestFirst: MarketBar[] = [];
    // Alpaca: the end is inclusive.
    const end = before === null ? {} : { end: new Date(before * 1000 - 1) };
    for (let pageToken: string | null = null; newestFirst.length < limit;) {
      const page: alpaca.StockBarsRequest = {
        symbols: symbol,
        timeframe,
        start: BEGINNING,
        ...end,
        limit: Math.min(BARS_A_PAGE, limit - newestFirst.length),
        adjustment: ADJUSTMENT,
        feed,
        sort: 'desc',
        ...(pageToken === null ? {} : { pageToken }),
      };
      const { bars, next_page_token: next }: BarsPage = await receive(barsAnswer, () => forPages.stockBarsRaw(page));
      newestFirst.push(...(bars?.[symbol] ?? []));
      if (next === null || next === pageToken) break;
      pageToken = next;
    }
    return newestFirst.slice(0, limit).reverse();
  };

  return {
    quote: (symbol) => quotes.get(symbol) ?? quotes.keep(symbol, readQuote(symbol)),

    /** A symbol without a quote or without a trade has no snapshot; a side on which nobody quotes is 0. */
    async snapshots(symbols) {
      const answers = new Map<string, Promise<MarketSnapshot | null>>();
      const missing: string[] = [];
      for (const symbol of new Set(symbols)) {
        const known = snapshots.get(symbol);
        if (known === undefined) missing.push(symbol);
        else answers.set(symbol, known);
      }
      if (missing.length > 0) {
        const asked = readSnapshots(missing);
        const ofSymbol = (symbol: string) => asked.then((all) => all.get(symbol) ?? null);
        for (const symbol of missing) answers.set(symbol, snapshots.keep(symbol, ofSymbol(symbol)));
      }
      const found = new Map<string, MarketSnapshot>();
      for (const [symbol, answer] of answers) {
        const snapshot = await answer;
        if (snapshot !== null) found.set(symbol, snapshot);
      }
      return found;
    },

    /** Adjusted for splits. */
    async bars(symbol, timeframe, limit, before) {
      const isPast = before !== null && before * 1000 <= now();
      const readings = isPast ? pastBars : newestBars;
      const key = `${symbol} ${timeframe} ${limit} ${before}`;
      return readings.get(key) ?? readings.keep(key, readBars(symbol, timeframe, limit, before));
    },
  };
}

/** Throws when Alpaca does not answer, or with something that is not understood. */
async function receive<Schema extends z.ZodType>(
  schema: Schema,
  send: () => Promise<{ readonly raw: Response }>,
): Promise<z.output<Schema>> {
  const answer = await ask(send);
  if (answer.kind === 'error') throw new Error(`no market data: ${inWords(answer)}`);
  if (answer.kind !== 'ok') throw new Error(`no market data: ${answer.reason}`);
  const read = schema.safeParse(readJson(answer.text));
  if (!read.success) throw new Error(`market data could not be understood: ${problemOf(read.error)}`);
  return read.data;
}

const toQuote = (symbol: string, { t, bp, ap }: z.output<typeof alpacaQuote>): MarketQuote => ({
  symbol,
  bid: bp,
  ask: ap,
  at: t,
});
