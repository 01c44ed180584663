import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { alpacaAt } from '../../../test/adapters/alpaca-setup.ts';
import { json, serveRaw } from '../../../test/adapters/raw-server.ts';

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
      dailyBar: bar(0),
      prevDailyBar: { ...bar(0), c: 9.99 },
    };
    const { marketData, urls } = await serving((_url, r) =>
      json(r, 200, {
        AAPL: whole,
        MSFT: { ...whole, minuteBar: null, prevDailyBar: null },
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
      previousClose: '9.99',
      minuteBar: { time: Date.UTC(2026, 10, 23, 15) / 1000, open: 10, high: 12.5, low: 9.25, close: 11, volume: 1000 },
    });
    expect(found.get('MSFT')).toMatchObject({ previousClose: null, minuteBar: null });
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
