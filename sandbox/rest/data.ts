import type { Exchange } from '../exchange.ts';
import { Refusal } from '../failure.ts';
import { adjust, parseAdjustment } from '../market/adjustment.ts';
import type { Bar } from '../market/bars.ts';
import { previousTradingDay } from '../market/calendar.ts';
import { type HistoryQuery, dayBar, history, parseTimeframe } from '../market/history.ts';
import { fromNewYork, instantText, newYorkDay, parseInstant } from '../market/time.ts';
import { type Desk, type Handler, ok } from './http.ts';
import { listOf } from './orders.ts';

/** A refusal in the data API's shape: a message without a code. */
function badQuery(message: string): Refusal {
  return new Refusal(400, { message });
}

const FEEDS = ['sip', 'iex', 'boats', 'otc', 'delayed_sip', 'overnight'];

function checkFeed(query: URLSearchParams): void {
  const feed = query.get('feed');
  if (feed && !FEEDS.includes(feed)) throw badQuery(`invalid feed: ${feed.slice(0, 40)}`);
}

function symbolsOf(query: URLSearchParams): string[] {
  const symbols = [...new Set(listOf(query, 'symbols').map((symbol) => symbol.toUpperCase()))];
  if (symbols.length === 0) throw badQuery('symbols is required');
  const bad = symbols.find((symbol) => !/^[A-Z0-9.\-/]{1,20}$/.test(symbol));
  if (bad !== undefined) throw badQuery(`invalid symbol: ${bad.slice(0, 40)}`);
  return symbols;
}

function oneSymbol(params: Readonly<Record<string, string>>): string {
  return (params['symbol'] ?? '').toUpperCase();
}

/** A bar as the data API shows it; prices are JSON numbers there. */
export function barWire(bar: Bar): Readonly<Record<string, unknown>> {
  const dollars = (micros: number): number => micros / 1e6;
  return {
    t: instantText(bar.t),
    o: dollars(bar.o),
    h: dollars(bar.h),
    l: dollars(bar.l),
    c: dollars(bar.c),
    v: bar.v,
    n: bar.n,
    vw: dollars(bar.vw),
  };
}

type Page = { readonly bars: Map<string, Bar[]>; readonly next: string | null };
type BarsRequest = Omit<HistoryQuery, 'symbol'> & {
  readonly limit: number;
  readonly adjustment: ReturnType<typeof parseAdjustment> & object;
  readonly cursor: { readonly symbol: string; readonly t: number } | null;
};

function readTime(query: URLSearchParams, name: string, isEnd: boolean): number | null {
  const value = query.get(name);
  if (value === null || value === '') return null;
  const instant = parseInstant(value.trim());
  if (instant === null) throw badQuery(`invalid ${name}: not a time`);
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(value.trim());
  return isDate && isEnd ? fromNewYork(newYorkDay(instant) + 1, 0) - 1 : instant;
}

function readCursor(token: string | null): BarsRequest['cursor'] {
  if (!token) return null;
  const parts = /^([A-Z0-9.\-/]+)\|(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (!parts) throw badQuery('invalid page_token');
  return { symbol: parts[1] ?? '', t: Number(parts[2]) };
}

function readBarsRequest(exchange: Exchange, query: URLSearchParams): BarsRequest {
  checkFeed(query);
  const timeframe = parseTimeframe(query.get('timeframe') ?? '');
  if (!timeframe) throw badQuery(`invalid timeframe: ${(query.get('timeframe') ?? '').slice(0, 40)}`);
  const limit = Number(query.get('limit') || '1000');
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw badQuery('limit must be between 1 and 10000');
  const adjustment = parseAdjustment(query.get('adjustment') || 'raw');
  if (!adjustment) throw badQuery('invalid adjustment');
  const sort = query.get('sort') || 'asc';
  if (sort !== 'asc' && sort !== 'desc') throw badQuery('invalid sort');
  if ((query.get('currency') || 'USD') !== 'USD') throw badQuery('only USD is available');
  const now = exchange.time();
  const from = readTime(query, 'start', false) ?? fromNewYork(newYorkDay(now), 0);
  const to = readTime(query, 'end', true) ?? now;
  if (from > to && query.has('end')) throw badQuery('end should not be before start');
  const cursor = readCursor(query.get('page_token'));
  return { timeframe, limit, adjustment, cursor, from, to, now, descending: sort === 'desc' };
}

/** One page: by symbol, then by time; `limit` counts the bars of all symbols together. */
function readPage(exchange: Exchange, symbols: readonly string[], request: BarsRequest): Page {
  const { cursor, descending, limit } = request;
  const bars = new Map<string, Bar[]>();
  let count = 0;
  for (const symbol of [...symbols].sort()) {
    if (cursor && symbol < cursor.symbol) continue;
    const resumed = cursor?.symbol === symbol ? (descending ? { to: cursor.t } : { from: cursor.t }) : {};
    for (const bar of history(exchange.market, { ...request, symbol, ...resumed })) {
      if (count === limit) return { bars, next: Buffer.from(`${symbol}|${bar.t}`).toString('base64url') };
      const list = bars.get(symbol) ?? [];
      list.push(adjust(exchange.market.source.factors(symbol), request.adjustment, bar, newYorkDay(request.now)));
      bars.set(symbol, list);
      count++;
    }
  }
  return { bars, next: null };
}

/** GET /v2/stocks/bars. */
export function getBars({ exchange }: Desk): Handler {
  return ({ query }) => {
    const page = readPage(exchange, symbolsOf(query), readBarsRequest(exchange, query));
    const bars = Object.fromEntries([...page.bars].map(([symbol, list]) => [symbol, list.map(barWire)]));
    return ok({ bars, next_page_token: page.next });
  };
}

/** GET /v2/stocks/{symbol}/bars; nothing found is `"bars": null`. */
export function getSymbolBars({ exchange }: Desk): Handler {
  return ({ params, query }) => {
    const symbol = oneSymbol(params);
    const page = readPage(exchange, [symbol], readBarsRequest(exchange, query));
    return ok({ bars: page.bars.get(symbol)?.map(barWire) ?? null, symbol, next_page_token: page.next });
  };
}

export function quoteWire(
  exchange: Exchange,
  symbol: string,
  at = exchange.time(),
): Readonly<Record<string, unknown>> | null {
  const quote = exchange.market.quote(symbol, at);
  if (!quote) return null;
  return {
    t: instantText(quote.at),
    ax: 'V',
    ap: quote.ask / 1e6,
    as: quote.askSize,
    bx: 'V',
    bp: quote.bid / 1e6,
    bs: quote.bidSize,
    c: ['R'],
    z: tape(exchange, symbol),
  };
}

export function tradeWire(
  exchange: Exchange,
  symbol: string,
  at = exchange.time(),
): Readonly<Record<string, unknown>> | null {
  const trade = exchange.market.trade(symbol, at);
  if (!trade) return null;
  return {
    t: instantText(trade.at),
    x: 'V',
    p: trade.price / 1e6,
    s: trade.size,
    c: ['@'],
    i: trade.id,
    z: tape(exchange, symbol),
  };
}

/** Tape A is NYSE, C is NASDAQ, B is the rest. */
export function tape(exchange: Exchange, symbol: string): string {
  const venue = exchange.market.listing(symbol)?.exchange;
  if (venue === 'NYSE') return 'A';
  return venue === 'NASDAQ' ? 'C' : 'B';
}

function latestBar(exchange: Exchange, symbol: string): Readonly<Record<string, unknown>> | null {
  const now = exchange.time();
  const query = {
    symbol,
    timeframe: { unit: 'Min', count: 1 },
    from: now - 10 * 86_400_000,
    to: now,
    now,
    descending: true,
  } as const;
  for (const bar of history(exchange.market, query)) return barWire(bar);
  return null;
}

function snapshot(exchange: Exchange, symbol: string): Readonly<Record<string, unknown>> | null {
  if (!exchange.market.listing(symbol)) return null;
  const now = exchange.time();
  const days: Bar[] = [];
  for (
    let day = newYorkDay(now), tries = 0;
    days.length < 2 && tries < 12;
    day = previousTradingDay(day).day, tries++
  ) {
    const bar = dayBar(exchange.market, symbol, day, now);
    if (bar) days.push(bar);
  }
  const [daily, previous] = days;
  return {
    latestTrade: tradeWire(exchange, symbol),
    latestQuote: quoteWire(exchange, symbol),
    minuteBar: latestBar(exchange, symbol),
    dailyBar: daily ? barWire(daily) : null,
    prevDailyBar: previous ? barWire(previous) : null,
  };
}

type Lookup = (exchange: Exchange, symbol: string) => Readonly<Record<string, unknown>> | null;
const LATEST: Readonly<Record<'quote' | 'trade' | 'bar', Lookup>> = {
  quote: quoteWire,
  trade: tradeWire,
  bar: latestBar,
};

/** GET /v2/stocks/{quotes|trades|bars}/latest: a map, from which unknown symbols are missing. */
export function getLatest({ exchange }: Desk, kind: keyof typeof LATEST): Handler {
  return ({ query }) => {
    checkFeed(query);
    const found = symbolsOf(query).flatMap((symbol) => {
      const value = LATEST[kind](exchange, symbol);
      return value ? [[symbol, value] as const] : [];
    });
    return ok({ [`${kind}s`]: Object.fromEntries(found) });
  };
}

/** GET /v2/stocks/{symbol}/{quotes|trades|bars}/latest. */
export function getSymbolLatest({ exchange }: Desk, kind: keyof typeof LATEST): Handler {
  return ({ params, query }) => {
    checkFeed(query);
    const symbol = oneSymbol(params);
    const value = LATEST[kind](exchange, symbol);
    if (!value) throw new Refusal(404, { message: `no ${kind} found for ${symbol.slice(0, 20)}` });
    return ok({ symbol, [kind]: value });
  };
}

/** GET /v2/stocks/snapshots: a bare map of symbols. */
export function getSnapshots({ exchange }: Desk): Handler {
  return ({ query }) => {
    checkFeed(query);
    return ok(
      Object.fromEntries(
        symbolsOf(query).flatMap((symbol) => {
          const value = snapshot(exchange, symbol);
          return value ? [[symbol, value] as const] : [];
        }),
      ),
    );
  };
}

/** GET /v2/stocks/{symbol}/snapshot. */
export function getSnapshot({ exchange }: Desk): Handler {
  return ({ params, query }) => {
    checkFeed(query);
    const symbol = oneSymbol(params);
    const value = snapshot(exchange, symbol);
    if (!value) throw new Refusal(404, { message: `no snapshot found for ${symbol.slice(0, 20)}` });
    return ok({ symbol, ...value });
  };
}
