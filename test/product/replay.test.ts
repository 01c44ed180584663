/** Real bars: what is filled lies inside them, and the chart shows them. Run where the bars are at hand. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import type { Fill } from '../../src/domain/order/events.ts';
import { startProduct } from '../support/running-product.ts';

const BARS = resolve('..', 'shared', 'market-data');

interface FileBar {
  readonly time: number;
  readonly low: number;
  readonly high: number;
}

function barsOf(symbol: string, resolution: string): readonly FileBar[] {
  const file = join(BARS, `${symbol}.${resolution}.csv`);
  if (!existsSync(file)) return [];
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return rows.map((row) => {
    const [timestamp = '', , high, low] = row.split(',');
    return { time: Date.parse(timestamp), high: Number(high), low: Number(low) };
  });
}

/** The finest bar of the files in which a moment falls. */
function barAt(symbol: string, moment: number): FileBar | undefined {
  const spans: readonly [string, number][] = [
    ['1Min', 60_000],
    ['1Hour', 3_600_000],
    ['1Day', 86_400_000],
  ];
  for (const [resolution, length] of spans) {
    const bar = barsOf(symbol, resolution).findLast((each) => each.time <= moment && moment < each.time + length);
    if (bar !== undefined) return bar;
  }
  return undefined;
}

if (existsSync(BARS)) {
  it('fills SPY, AAPL and IBM inside the replayed bars, and charts them', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tradsy-replay-'));
    const product = await startProduct({ TRADSY_DATA: folder, SANDBOX_BARS: BARS });
    try {
      const trader = await becomeTrader(product.url);
      for (const symbol of ['SPY', 'AAPL', 'IBM']) {
        const placed = await trader.place(
          { instrument: symbol, side: 'buy', type: 'market', qty: '2', currentAsk: '0', currentBid: '0' },
          symbol,
        );
        if (!('orderId' in placed)) throw new Error(placed.errmsg);
        await expect.poll(async () => (await trader.story(placed.orderId)).outcome, { timeout: 20_000 }).toBe('filled');
        const { events } = await trader.story(placed.orderId);
        const [fill] = events
          .filter((event) => event.type === 'OrderFilled')
          .map((event) => event.data as unknown as Fill);
        if (fill === undefined) throw new Error(`${symbol} has no fill`);
        const { execution } = fill;
        const bar = barAt(symbol, Date.parse(execution.executedAt));
        expect(bar, `${symbol} at ${execution.executedAt}`).toBeDefined();
        expect(Number(execution.price)).toBeGreaterThanOrEqual(bar?.low ?? Number.NaN);
        expect(Number(execution.price)).toBeLessThanOrEqual(bar?.high ?? Number.NaN);
      }
      const shown = await trader.bars('SPY', '1Min', 20);
      const inFile = new Map(barsOf('SPY', '1Min').map((bar) => [bar.time / 1000, bar]));
      // The last one is still being made.
      for (const bar of shown.slice(0, -1)) {
        expect(inFile.get(bar.time)).toMatchObject({ high: bar.high, low: bar.low });
      }
      expect(shown).toHaveLength(20);
    } finally {
      await product.kill('SIGTERM');
      await removeDataFolder(folder);
    }
  });
} else {
  it('has no real bars to replay here', () => {
    expect(existsSync(BARS)).toBe(false);
  });
}
