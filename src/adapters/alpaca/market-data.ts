/** Quotes, snapshots and bars from Alpaca's Market Data API, under the house's own key. */
import { marketData as alpaca } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type { MarketBar, MarketData, MarketQuote, MarketSnapshot } from '../../application/ports/market-data.ts';
import type { Log } from '../../application/ports/log.ts';
import { type Configurations, ask, inWords, readJson } from './http.ts';
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
  prevDailyBar: maybe(z.object({ c: price })),
});

const quotesAnswer = z.object({ quotes: z.record(z.string(), z.unknown()) });
const snapshotsAnswer = z.record(z.string(), z.unknown());
const barsAnswer = z.object({
  bars: maybe(z.record(z.string(), z.array(alpacaBar))),
  next_page_token: maybe(z.string()),
});
type BarsPage = z.output<typeof barsAnswer>;

export function createMarketData(config: AlpacaConfig, configurations: Configurations, log: Log): MarketData {
  const stocks = new alpaca.StockApi(configurations.houseData);
  const feed = config.dataFeed;

  /** One symbol's part of an answer; null, with a warning, when it can not be understood. */
  function part<Schema extends z.ZodType>(schema: Schema, symbol: string, message: unknown): z.output<Schema> | null {
    const read = schema.safeParse(message);
    if (read.success) return read.data;
    log.warn('market data could not be understood', { symbol, problem: problemOf(read.error) });
    return null;
  }

  /** Asked for once, however many wait for the same symbol. */
  const quotesUnderWay = new Map<string, Promise<MarketQuote | null>>();

  async function readQuote(symbol: string): Promise<MarketQuote | null> {
    try {
      const { quotes } = await receive(quotesAnswer, () => stocks.stockLatestQuotesRaw({ symbols: symbol, feed }));
      if (quotes[symbol] === undefined) return null;
      const read = part(alpacaQuote, symbol, quotes[symbol]);
      // A quote with one side only prices nothing: an order measured against it would seem to cost nothing.
      return read === null || read.bp === '0' || read.ap === '0' ? null : toQuote(symbol, read);
    } finally {
      quotesUnderWay.delete(symbol);
    }
  }

  return {
    quote(symbol) {
      const known = quotesUnderWay.get(symbol);
      if (known !== undefined) return known;
      const asked = readQuote(symbol);
      quotesUnderWay.set(symbol, asked);
      return asked;
    },

    /** A symbol without a quote or without a trade has no snapshot; a side on which nobody quotes is 0. */
    async snapshots(symbols) {
      const found = new Map<string, MarketSnapshot>();
      if (symbols.length === 0) return found;
      const send = () => stocks.stockSnapshotsRaw({ symbols: symbols.join(','), feed });
      const answer = await receive(snapshotsAnswer, send);
      for (const symbol of symbols) {
        if (answer[symbol] === undefined || answer[symbol] === null) continue;
        const read = part(alpacaSnapshot, symbol, answer[symbol]);
        if (read === null || read.latestQuote === null || read.latestTrade === null) continue;
        found.set(symbol, {
          quote: toQuote(symbol, read.latestQuote),
          last: read.latestTrade.p,
          previousClose: read.prevDailyBar?.c ?? null,
          minuteBar: read.minuteBar,
        });
      }
      return found;
    },

    /** Adjusted for splits. */
    async bars(symbol, timeframe, limit, before) {
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
        const { bars, next_page_token: next }: BarsPage = await receive(barsAnswer, () => stocks.stockBarsRaw(page));
        newestFirst.push(...(bars?.[symbol] ?? []));
        if (next === null || next === pageToken) break;
        pageToken = next;
      }
      return newestFirst.slice(0, limit).reverse();
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
