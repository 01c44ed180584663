/** The Alpaca adapter against the sandbox. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alpaca } from '../../src/adapters/alpaca/alpaca.ts';
import { type BrokerUnderTest, brokerSuite } from '../../src/application/ports/broker.suite.ts';
import { approve, openAlpacaAtSandbox } from './alpaca-sandbox.ts';

brokerSuite('Alpaca, at the sandbox', openAlpacaAtSandbox);

describe('Alpaca, at the sandbox', () => {
  let alpaca: BrokerUnderTest & Alpaca;
  beforeAll(async () => {
    alpaca = await openAlpacaAtSandbox();
  });
  afterAll(() => alpaca.close());

  it('a code is good for one token', async () => {
    const { authorization } = alpaca;
    const code = await approve(authorization);
    expect(await authorization.exchange(code)).toMatchObject({ kind: 'granted', token: expect.stringMatching(/./) });
    expect(await authorization.exchange(code)).toMatchObject({ kind: 'refused' });
    expect(await authorization.exchange('no-such-code')).toMatchObject({ kind: 'refused' });
  });

  it('the market is open, at a time of its own', async () => {
    const { now, isOpen, nextClose, nextOpen } = await alpaca.venue.clock();
    expect(isOpen).toBe(true);
    expect(now < nextClose && nextClose < nextOpen).toBe(true);
  });

  it('instruments can be looked up by symbol', async () => {
    const instruments = await alpaca.venue.instruments();
    expect(instruments.size).toBeGreaterThanOrEqual(30);
    expect(instruments.get('AAPL')).toMatchObject({ symbol: 'AAPL', fractionable: true });
  });

  it('a quote lies around the price', async () => {
    await alpaca.setPrice('MSFT', '412.34');
    const quote = await alpaca.marketData.quote('MSFT');
    expect(Number(quote?.bid)).toBeGreaterThan(412);
    expect(Number(quote?.bid)).toBeLessThanOrEqual(Number(quote?.ask));
    expect(Number(quote?.ask)).toBeLessThan(413);
    expect(await alpaca.marketData.quote('NO.SUCH')).toBeNull();
  });

  it('snapshots tell of the symbols that there are', async () => {
    await alpaca.setPrice('MSFT', '412.34');
    const snapshots = await alpaca.marketData.snapshots(['MSFT', 'AAPL', 'NO.SUCH']);
    expect([...snapshots.keys()]).toEqual(['MSFT', 'AAPL']);
    expect(snapshots.get('MSFT')).toMatchObject({ last: '412.34', previousClose: expect.stringMatching(/^[\d.]+$/) });
  });

  it.each(['1Min', '5Min', '15Min', '1Hour', '1Day'] as const)('bars of %s go back page by page', async (timeframe) => {
    const newest = await alpaca.marketData.bars('AAPL', timeframe, 20, null);
    const times = newest.map(({ time }) => time);
    expect(times).toHaveLength(20);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    const [oldest] = times;
    const before = await alpaca.marketData.bars('AAPL', timeframe, 20, oldest!);
    expect(before).toHaveLength(20);
    expect(before.at(-1)!.time).toBeLessThan(oldest!);
    const both = await alpaca.marketData.bars('AAPL', timeframe, 30, times[10]!);
    expect(both.slice(-10).map(({ time }) => time)).toEqual(times.slice(0, 10));
    expect(both.slice(0, 20)).toEqual(before);
  });

  it('more bars than fit on one page come together', async () => {
    const bars = await alpaca.marketData.bars('AAPL', '1Min', 12_000, null);
    const times = bars.map(({ time }) => time);
    expect(times).toHaveLength(12_000);
    expect(new Set(times).size).toBe(12_000);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
