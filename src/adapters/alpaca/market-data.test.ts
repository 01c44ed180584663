import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { alpacaAt, configFor, createMemoryLog } from '../../../test/adapters/alpaca-setup.ts';
import { json, serveRaw } from '../../../test/adapters/raw-server.ts';
import { createConfigurations } from './http.ts';
import { createMarketData } from './market-data.ts';
import { type Transport, createTransport } from './transport.ts';

async function serving(answer: (url: URL, response: ServerResponse) => void) {
  const server = await serveRaw((response, url) => answer(url, response));
  const urls = () => server.received.map(({ path }) => new URL(path, 'http://data'));
  return { ...alpacaAt(server.url), received: server.received, urls };
}

const T = '2026-11-23T15:00:00.123456789Z';
const quote = (bp: unknown, ap: unknown) => ({ t: T, bp, bs: 100, bx: 'V', ap, as: 200, ax: 'V', c: ['R'], z: 'C' });
const bar = (minute: number) => ({
  t: new Date(Date.UTC(2026, 10, 23, 15, minute)).toISOString(),
  o: 10,
  h: 12.5,
  l: 9.25,
  c: 11,
  v: 1000 + minute,
  n: 3,
  vw: 10.7,
});

describe('the quote of a symbol', () => {
  it('is decimal text, asked for under the key of the house', async () => {
    const { marketData, received, urls } = await serving((_url, r) =>
      json(r, 200, { quotes: { AAPL: quote(189.1, 189.123456) } }),
    );
    expect(await marketData.quote('AAPL')).toEqual({ symbol: 'AAPL', bid: '189.1', ask: '189.123456', at: T });
    expect(urls()[0]?.pathname).toBe('/v2/stocks/quotes/latest');
    expect(Object.fromEntries(urls()[0]?.searchParams ?? [])).toEqual({ symbols: 'AAPL', feed: 'iex' });
    expect(received[0]?.headers).toMatchObject({ 'apca-api-key-id': 'house', 'apca-api-secret-key': 'house-secret' });
    expect(received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is none for an unknown symbol, or where one side is missing', async () => {
    for (const quotes of [{}, { AAPL: quote(0, 189.1) }, { AAPL: quote(189.1, 0) }, { MSFT: quote(1, 2) }]) {
      const { marketData } = await serving((_url, r) => json(r, 200, { quotes }));
      expect(await marketData.quote('AAPL')).toBeNull();
    }
  });

  it('is none, and reported, when it can not be understood', async () => {
    for (const odd of [quote('189', 190), quote(-1, 190), { ...quote(1, 2), t: 'today' }, null]) {
      const { marketData, lines } = await serving((_url, r) => json(r, 200, { quotes: { AAPL: odd } }));
      expect(await marketData.quote('AAPL')).toBeNull();
      expect(lines).toMatchObject([{ level: 'warn', facts: { symbol: 'AAPL' } }]);
    }
  });

  it('fails when the source does not answer', async () => {
    const answers: ((r: ServerResponse) => void)[] = [
      (r) => json(r, 500, { message: 'internal error' }),
      (r) => json(r, 403, { message: 'subscription does not permit querying recent SIP data' }),
      (r) => r.socket?.destroy(),
      (r) => r.end('<html>'),
    ];
    for (const answer of answers) {
      const { marketData } = await serving((_url, r) => answer(r));
      await expect(marketData.quote('AAPL')).rejects.toThrow();
    }
  });
});

describe('snapshots', () => {
  it('tell of many symbols in one request; those without quote or trade are missing', async () => {
    const whole = {
      latestQuote: quote(10, 10.5),
      latestTrade: { t: T, p: 10.25, s: 5, x: 'V', c: [], i: 52983525029461, z: 'C' },
      minuteBar: bar(0),
      // Midnight in New York.
      dailyBar: { ...bar(0), t: '2026-11-23T05:00:00Z', c: 10.75 },
      prevDailyBar: { ...bar(0), c: 9.99 },
    };
    const { marketData, urls } = await serving((_url, r) =>
      json(r, 200, {
        AAPL: whole,
        MSFT: { ...whole, minuteBar: null, dailyBar: null, prevDailyBar: null },
        IBM: { ...whole, latestTrade: null },
        KO: { ...whole, latestQuote: null },
        NOT_ASKED: whole,
      }),
    );
    const found = await marketData.snapshots(['AAPL', 'MSFT', 'IBM', 'KO', 'NONE']);
    expect([...found.keys()]).toEqual(['AAPL', 'MSFT']);
    expect(found.get('AAPL')).toEqual({
      quote: { symbol: 'AAPL', bid: '10', ask: '10.5', at: T },
      last: '10.25',
      dailyBar: { tradingDay: '2026-11-23', close: '10.75' },
      previousClose: '9.99',
      minuteBar: { time: Date.UTC(2026, 10, 23, 15) / 1000, open: 10, high: 12.5, low: 9.25, close: 11, volume: 1000 },
    });
    expect(found.get('MSFT')).toMatchObject({ dailyBar: null, previousClose: null, minuteBar: null });
    expect(urls()).toHaveLength(1);
    expect(urls()[0]?.searchParams.get('symbols')).toBe('AAPL,MSFT,IBM,KO,NONE');
  });

  it('of no symbols need no request', async () => {
    const { marketData, received } = await serving((_url, r) => json(r, 200, {}));
    expect((await marketData.snapshots([])).size).toBe(0);
    expect(received).toHaveLength(0);
  });
});

describe('bars', () => {
  /** Minute bars 0 to 59, served newest first in pages of at most 20. */
  const paged = (url: URL, r: ServerResponse): void => {
    const end = Date.parse(url.searchParams.get('end') ?? '2027-01-01T00:00:00Z');
    const all = Array.from({ length: 60 }, (_, i) => bar(59 - i)).filter(({ t }) => Date.parse(t) <= end);
    const start = Number(url.searchParams.get('page_token') ?? '0');
    const size = Math.min(20, Number(url.searchParams.get('limit')));
    const next = start + size < all.length ? `${start + size}` : null;
    json(r, 200, { bars: { AAPL: all.slice(start, start + size) }, next_page_token: next });
  };
  const minutes = (bars: readonly { time: number }[]): number[] => bars.map(({ time }) => (time / 60) % 60);

  it('are the newest of all pages, oldest first', async () => {
    const { marketData, urls } = await serving(paged);
    const bars = await marketData.bars('AAPL', '1Min', 45, null);
    expect(minutes(bars)).toEqual(Array.from({ length: 45 }, (_, i) => 15 + i));
    expect(bars[0]).toEqual({
      time: Date.UTC(2026, 10, 23, 15, 15) / 1000,
      open: 10,
      high: 12.5,
      low: 9.25,
      close: 11,
      volume: 1015,
    });
    expect(urls()).toHaveLength(3);
    expect(Object.fromEntries(urls()[0]?.searchParams ?? [])).toEqual({
      symbols: 'AAPL',
      timeframe: '1Min',
      start: '1990-01-01T00:00:00.000Z',
      limit: '45',
      adjustment: 'split',
      feed: 'iex',
      sort: 'desc',
    });
    expect(urls()[2]?.searchParams.get('limit')).toBe('5');
  });

  it('begin before the moment, which is left out', async () => {
    const { marketData, urls } = await serving(paged);
    const bars = await marketData.bars('AAPL', '1Min', 5, Date.UTC(2026, 10, 23, 15, 10) / 1000);
    expect(minutes(bars)).toEqual([5, 6, 7, 8, 9]);
    expect(urls()[0]?.searchParams.get('end')).toBe('2026-11-23T15:09:59.999Z');
  });

  it('are as many as there are', async () => {
    const { marketData } = await serving(paged);
    expect(await marketData.bars('AAPL', '1Min', 500, null)).toHaveLength(60);
    for (const bars of [{}, null]) {
      const none = await serving((_url, r) => json(r, 200, { bars, next_page_token: null }));
      expect(await none.marketData.bars('AAPL', '1Day', 5, null)).toEqual([]);
    }
  });

  it('fail rather than show a part', async () => {
    const { marketData } = await serving((url, r) =>
      url.searchParams.has('page_token') ? json(r, 429, {}) : paged(url, r),
    );
    await expect(marketData.bars('AAPL', '1Min', 30, null)).rejects.toThrow('429');
    const odd = await serving((_url, r) =>
      json(r, 200, { bars: { AAPL: [{ ...bar(0), o: '10' }] }, next_page_token: null }),
    );
    await expect(odd.marketData.bars('AAPL', '1Min', 30, null)).rejects.toThrow();
  });
});

describe('the requests that the house’s key may make are shared', () => {
  const START = Date.UTC(2026, 10, 23, 15);
  /** Market data whose answers carry the number of the request that brought them, and whose clock the test moves. */
  async function counted(fail: () => boolean = () => false) {
    let at = START;
    const server = await serveRaw((response, url) => {
      const n = server.received.length;
      if (fail()) return json(response, 500, { message: 'internal error' });
      if (url.pathname.endsWith('/quotes/latest')) {
        const symbol = url.searchParams.get('symbols') ?? '';
        return json(response, 200, { quotes: symbol === 'NONE' ? {} : { [symbol]: quote(n, n + 1) } });
      }
      if (url.pathname.endsWith('/bars')) {
        return json(response, 200, { bars: { AAPL: [{ ...bar(0), v: n }] }, next_page_token: null });
      }
      const of = { latestQuote: quote(n, n + 1), latestTrade: { t: T, p: n } };
      const asked = (url.searchParams.get('symbols') ?? '').split(',').filter((symbol) => symbol !== 'NONE');
      json(response, 200, Object.fromEntries(asked.map((symbol) => [symbol, of])));
    });
    const config = configFor(server.url);
    const direct = (): Transport => createTransport(1_000);
    const configurations = createConfigurations(config, { forTrader: direct, forHouse: direct });
    const marketData = createMarketData(config, configurations, createMemoryLog(), () => at);
    return { marketData, requests: () => server.received.length, passTime: (ms: number) => void (at += ms) };
  }

  it('a quote serves for a quarter of a second, and so does that there is none', async () => {
    const { marketData, requests, passTime } = await counted();
    const bid = async () => (await marketData.quote('AAPL'))?.bid;
    expect(await Promise.all([bid(), bid(), bid()])).toEqual(['1', '1', '1']);
    passTime(249);
    expect(await bid()).toBe('1');
    passTime(1);
    expect(await bid()).toBe('2');
    for (let n = 0; n < 5; n += 1) expect(await marketData.quote('NONE')).toBeNull();
    expect(requests()).toBe(3);
  });

  it('what fails is asked for again', async () => {
    let broken = true;
    const { marketData } = await counted(() => broken);
    const asked = Promise.all([marketData.quote('AAPL'), marketData.quote('AAPL')]);
    await expect(asked).rejects.toThrow('500');
    await expect(marketData.snapshots(['AAPL', 'SPY'])).rejects.toThrow('500');
    await expect(marketData.bars('AAPL', '1Min', 5, null)).rejects.toThrow('500');
    broken = false;
    expect(await marketData.quote('AAPL')).not.toBeNull();
    expect((await marketData.snapshots(['AAPL', 'SPY'])).size).toBe(2);
    expect(await marketData.bars('AAPL', '1Min', 5, null)).toHaveLength(1);
  });

  it('a snapshot serves for half a second, and only the others are asked for', async () => {
    const { marketData, requests, passTime } = await counted();
    const last = async (...symbols: string[]) =>
      Object.fromEntries([...(await marketData.snapshots(symbols))].map(([symbol, found]) => [symbol, found.last]));
    expect(await Promise.all([last('AAPL', 'NONE'), last('NONE', 'AAPL', 'AAPL')])).toEqual([
      { AAPL: '1' },
      { AAPL: '1' },
    ]);
    passTime(400);
    expect(await last('AAPL', 'SPY', 'NONE')).toEqual({ AAPL: '1', SPY: '2' });
    passTime(100);
    expect(await last('AAPL', 'SPY')).toEqual({ AAPL: '3', SPY: '2' });
    expect(requests()).toBe(3);
  });

  it('bars serve for a second when they are the newest, for a minute when they are past', async () => {
    const { marketData, requests, passTime } = await counted();
    const read = async (before: number | null, limit = 5) =>
      (await marketData.bars('AAPL', '1Min', limit, before))[0]?.volume;
    const [past, future] = [START / 1000, START / 1000 + 3_600];
    expect(await Promise.all([read(null), read(null)])).toEqual([1, 1]);
    expect([await read(past), await read(future), await read(past, 6)]).toEqual([2, 3, 4]);
    passTime(999);
    expect([await read(null), await read(past), await read(future)]).toEqual([1, 2, 3]);
    passTime(1);
    expect([await read(null), await read(past), await read(future)]).toEqual([5, 2, 6]);
    passTime(59_000);
    expect(await read(past)).toBe(7);
    expect(requests()).toBe(7);
  });
});
