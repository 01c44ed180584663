import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../random.ts';
import { type Bench, type Json, clientOf, control, startBench, temporaryFolder } from '../test-kit.ts';

type Row = { readonly t: number; readonly o: number; readonly h: number; readonly l: number; readonly c: number };

const OPEN = Date.parse('2024-03-13T13:30:00Z');

/** A regular session of minute bars in cents. */
function session(): Row[] {
  const random = randomFrom('bars');
  let close = 10_000;
  return Array.from({ length: 390 }, (_, i) => {
    const o = close + Math.round(random() * 10 - 5);
    const c = o + Math.round(random() * 40 - 20);
    close = c;
    return {
      t: OPEN + i * 60_000,
      o,
      c,
      h: Math.max(o, c) + Math.round(random() * 15),
      l: Math.min(o, c) - Math.round(random() * 15),
    };
  });
}

function writeBars(folder: string, rows: readonly Row[]): void {
  mkdirSync(folder, { recursive: true });
  const price = (cents: number): string => (cents / 100).toFixed(2);
  const lines = rows.map(
    (row) => `${new Date(row.t).toISOString().slice(0, 19)}Z,${[row.o, row.h, row.l, row.c].map(price).join(',')},1000`,
  );
  writeFileSync(join(folder, 'XYZ.1Min.csv'), `timestamp,open,high,low,close,volume\n${lines.join('\n')}\n`);
}

describe('matching against replayed bars', () => {
  const folder = temporaryFolder();
  const rows = session();
  let bench: Bench;

  beforeAll(async () => {
    writeBars(folder.path, rows);
    bench = await startBench({ barsFolder: folder.path, start: OPEN + 60_000, speed: 0 });
  });
  afterAll(async () => {
    await bench.stop();
    folder.remove();
  });

  function barAt(time: string): Row {
    const bar = rows.findLast((row) => row.t <= Date.parse(`${time.slice(0, 23)}Z`));
    if (!bar) throw new Error(`no bar at ${time}`);
    return bar;
  }

  function expectInside(execution: Json): void {
    const bar = barAt(String(execution['transaction_time']));
    const cents = Math.round(Number(execution['price']) * 100);
    expect(cents >= bar.l && cents <= bar.h).toBe(true);
  }

  it('fills every kind of order inside its bar, limits only once the bars have reached them', async () => {
    const order = fc.record({
      side: fc.constantFrom('buy', 'sell'),
      type: fc.constantFrom('market', 'limit', 'stop', 'trailing_stop'),
      away: fc.integer({ min: -60, max: 60 }),
      seconds: fc.integer({ min: 1, max: 200 }),
    });
    let account = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 3, maxLength: 6 }), async (orders) => {
        const client = clientOf(bench.sandbox.url, `property-${account++}`, 's');
        for (const { side, type, away, seconds } of orders) {
          const last = (await client.get('/v2/stocks/XYZ/trades/latest')).body['trade'] as Json;
          const price = Math.max(1, Number(last['p']) + away / 100).toFixed(2);
          const extra = {
            market: {},
            limit: { limit_price: price },
            stop: { stop_price: price },
            trailing_stop: { trail_price: '0.15' },
          }[type];
          await client.post('/v2/orders', { symbol: 'XYZ', qty: '5', side, type, time_in_force: 'day', ...extra });
          await control(bench.sandbox.url, 'clock', { advance_seconds: seconds });
        }
        const fills = (await client.get('/v2/account/activities/FILL?direction=asc')).body as unknown as Json[];
        fills.forEach(expectInside);
        const all = (await client.get('/v2/orders?status=all&limit=500')).body as unknown as Json[];
        for (const each of all.filter((one) => one['type'] === 'limit')) {
          const limit = Math.round(Number(each['limit_price']) * 100);
          const filled = each['filled_avg_price'] === null ? null : Math.round(Number(each['filled_avg_price']) * 100);
          if (filled !== null) expect(each['side'] === 'buy' ? filled <= limit : filled >= limit).toBe(true);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('fills a resting limit in the first bar that trades through it', async () => {
    const client = clientOf(bench.sandbox.url, 'through', 's');
    const now = Date.parse(String((await control(bench.sandbox.url, 'clock'))['now']));
    const ahead = rows.filter((row) => row.t > now + 60_000);
    const target = Math.min(...ahead.map((row) => row.l)) + 3;
    const first = ahead.find((row) => row.l <= target);
    const posted = await client.post('/v2/orders', {
      symbol: 'XYZ',
      qty: '1',
      side: 'buy',
      type: 'limit',
      limit_price: (target / 100).toFixed(2),
      time_in_force: 'day',
    });
    await client.untilOrder(posted.body['id'], 'new');
    await control(bench.sandbox.url, 'clock', { set: new Date((first?.t ?? 0) + 60_000).toISOString() });
    const { body } = await client.get(`/v2/orders/${String(posted.body['id'])}`);
    expect(body['status']).toBe('filled');
    expect(Math.floor(Date.parse(`${String(body['filled_at']).slice(0, 23)}Z`) / 60_000) * 60_000).toBe(first?.t);
  });

  it('lets what waits trade at the open, expires day orders at the close, and never shows the future', async () => {
    const client = clientOf(bench.sandbox.url, 'day', 's');
    const near = await client.post('/v2/orders', {
      symbol: 'XYZ',
      qty: '1',
      side: 'buy',
      type: 'limit',
      limit_price: '1',
      time_in_force: 'day',
    });
    const future = (await client.get('/v2/stocks/XYZ/bars?timeframe=1Min&limit=10000&start=2024-03-13&end=2024-03-20'))
      .body['bars'] as Json[];
    const { now } = await control(bench.sandbox.url, 'clock');
    expect(Date.parse(String(future.at(-1)?.['t']))).toBeLessThanOrEqual(Date.parse(String(now)));
    await client.untilOrder(near.body['id'], 'new');
    await control(bench.sandbox.url, 'clock', { set: '2024-03-13T20:00:01Z' });
    expect((await client.get(`/v2/orders/${String(near.body['id'])}`)).body).toMatchObject({ status: 'expired' });
    expect((await client.get('/v2/clock')).body).toMatchObject({
      is_open: false,
      next_open: '2024-03-14T09:30:00-04:00',
    });
    const late = await client.post('/v2/orders', {
      symbol: 'XYZ',
      qty: '1',
      side: 'buy',
      type: 'market',
      time_in_force: 'day',
    });
    expect(late.body).toMatchObject({ status: 'accepted', expires_at: '2024-03-14T20:00:00Z' });
  });
});

describe('determinism', () => {
  async function play(): Promise<unknown> {
    const bench = await startBench({ partialFills: 0.5, seed: 42 });
    const { client, sandbox } = bench;
    for (const symbol of ['AAPL', 'SPY', 'MSFT']) {
      const market = await client.post('/v2/orders', {
        symbol,
        qty: '40',
        side: 'buy',
        type: 'market',
        time_in_force: 'day',
      });
      await client.untilOrder(market.body['id'], 'new', 'partially_filled', 'filled');
      await control(sandbox.url, 'clock', { advance_seconds: 30 });
      await client.post('/v2/orders', {
        symbol,
        qty: '7',
        side: 'buy',
        type: 'trailing_stop',
        trail_percent: '0.1',
        time_in_force: 'day',
      });
      await control(sandbox.url, 'clock', { advance_seconds: 3600 });
    }
    const rows = (await client.get('/v2/account/activities/FILL?direction=asc')).body as unknown as Json[];
    await bench.stop();
    return rows.map(({ symbol, price, qty, side, cum_qty: cumQty }) => ({ symbol, price, qty, side, cumQty }));
  }

  it('gives the same fills for the same seed, start and requests', async () => {
    const [first, second] = [await play(), await play()];
    expect(first).toEqual(second);
    expect((first as unknown[]).length).toBeGreaterThan(3);
  });
});
