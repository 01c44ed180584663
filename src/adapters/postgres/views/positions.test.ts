import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ACCOUNT, AT, openViews, type ViewsUnderTest } from './desk.suite.ts';
import { createPositionQueries, type PositionQueries } from './positions.ts';

const MONDAY = '2026-03-02';
const TUESDAY = '2026-03-03';
const during = (day: string): string => `${day}T15:00:00.000Z`;

describe('positions', () => {
  let views: ViewsUnderTest;
  let queries: PositionQueries;
  beforeAll(async () => {
    views = await openViews();
    queries = createPositionQueries(views.pool);
  });
  afterAll(() => views.close());
  beforeEach(() => views.reset());

  it('closes the oldest lots first, to the last decimal', async () => {
    const { desk } = views;
    await desk.risk({
      type: 'RecordOpeningPositions',
      positions: [{ symbol: 'AAPL', quantity: '0.3', averagePrice: '100.000000001' }],
      at: AT,
    });
    await desk.trade('buy', '0.7', '110.1', {}, during(MONDAY));
    // 0.3 at 100.000000001 and 0.1 of those at 110.1: 0.3 * 19.999999999 + 0.1 * 9.9.
    await desk.trade('sell', '0.4', '120', {}, during(MONDAY));
    await views.catchUp();
    expect(await queries.positions(ACCOUNT, MONDAY)).toEqual([
      {
        symbol: 'AAPL',
        quantity: '0.6',
        averagePrice: '110.1',
        costBasis: '66.06',
        realizedToday: '6.9899999997',
        realizedTotal: '6.9899999997',
        mismatch: null,
      },
    ]);
    // 0.6 at 110.1 sold at 105.05 on the next day, and 0.4 more sold short.
    await desk.trade('sell', '1', '105.05', {}, during(TUESDAY));
    await views.catchUp();
    expect(await queries.positions(ACCOUNT, TUESDAY)).toEqual([
      {
        symbol: 'AAPL',
        quantity: '-0.4',
        averagePrice: '105.05',
        costBasis: '-42.02',
        realizedToday: '-3.03',
        realizedTotal: '3.9599999997',
        mismatch: null,
      },
    ]);
    await desk.trade('buy', '0.4', '105.05', {}, during(TUESDAY));
    await views.catchUp();
    expect(await queries.positions(ACCOUNT, TUESDAY)).toEqual([]);
    expect(await queries.accountFigures(ACCOUNT, TUESDAY)).toEqual({
      realizedToday: '-3.03',
      realizedTotal: '3.9599999997',
    });
    expect(await queries.accountFigures(ACCOUNT, MONDAY)).toMatchObject({ realizedToday: '6.9899999997' });
    expect(await queries.accountFigures('somebody else', MONDAY)).toEqual({ realizedToday: '0', realizedTotal: '0' });
  });

  it('shows where the broker has another position, what only the broker has, and what was taken over', async () => {
    const { desk } = views;
    await desk.trade('buy', '10', '100', {}, during(MONDAY));
    const find = (symbol: string, ours: string, brokers: string, at = AT) =>
      desk.risk({ type: 'ReportPositionMismatch', symbol, ours, brokers, at });
    const shown = async () => {
      await views.catchUp();
      const rows = await queries.positions(ACCOUNT, MONDAY);
      return rows.map(({ symbol, quantity, averagePrice, mismatch }) => [symbol, quantity, averagePrice, mismatch]);
    };
    await find('AAPL', '10', '15');
    await find('AAPL', '10', '12', during(TUESDAY));
    await find('IBM', '0', '-3');
    expect(await shown()).toEqual([
      ['AAPL', '10', '100', { ours: '10', brokers: '12', since: AT }],
      ['IBM', '0', '0', { ours: '0', brokers: '-3', since: AT }],
    ]);
    const adopted = { type: 'AdoptBrokerPosition', averagePrice: '101.5', by: 'user', at: during(TUESDAY) } as const;
    await desk.risk({ ...adopted, symbol: 'AAPL', quantity: '12' });
    await desk.risk({ type: 'ResolvePositionMismatch', symbol: 'IBM', quantity: '0', at: during(TUESDAY) });
    expect(await shown()).toEqual([['AAPL', '12', '101.5', null]]);
    await find('AAPL', '12', '0');
    await desk.risk({ ...adopted, symbol: 'AAPL', quantity: '0', averagePrice: '0' });
    expect(await shown()).toEqual([]);
  });

  it('gives back the lots and the profit of what the broker takes back, as the risk engine does', async () => {
    const { desk } = views;
    const shown = async () => {
      await views.catchUp();
      const rows = await queries.positions(ACCOUNT, MONDAY);
      return rows.map(({ quantity, averagePrice, realizedTotal }) => [quantity, averagePrice, realizedTotal]);
    };
    const bought = await desk.send();
    await desk.fill(bought, '6', '6', { executionId: 'E1', price: '100' });
    await desk.fill(bought, '4', '10', { executionId: 'E2', price: '110' });
    const sold = await desk.send({ side: 'sell' });
    await desk.fill(sold, '7', '7', { executionId: 'E3', price: '120' });
    expect(await shown()).toEqual([['3', '110', '130']]);
    await desk.bust(sold, 'E3', '0');
    expect(await shown()).toEqual([['10', '104', '0']]);
    await desk.correct(bought, 'E1', { quantity: '5', price: '99' }, '9');
    expect(await shown()).toEqual([['9', '103.888888888888888889', '0']]);
    await desk.bust(bought, 'E2', '5');
    expect(await shown()).toEqual([['5', '99', '0']]);
  });

  it('agrees with share-by-share bookkeeping over many trades', { timeout: 30_000 }, async () => {
    const trade = fc.record({
      symbol: fc.constantFrom('AAPL', 'IBM'),
      day: fc.constantFrom(MONDAY, TUESDAY),
      side: fc.constantFrom('buy', 'sell'),
      thousandths: fc.integer({ min: 1, max: 40 }),
      micros: fc.integer({ min: 1, max: 999_999_999 }),
    });
    const [trades] = fc.sample(fc.array(trade, { minLength: 120, maxLength: 120 }), { numRuns: 1, seed: 2603 });
    const inOrder = trades!.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
    const oracle = createOracle();
    for (const { symbol, day, side, thousandths, micros } of inOrder) {
      oracle.trade(symbol, day, side, thousandths, micros);
      await views.desk.trade(side, text(thousandths, 3), text(micros, 6), { symbol }, during(day));
    }
    await views.catchUp();
    for (const day of [MONDAY, TUESDAY]) {
      expect(await queries.accountFigures(ACCOUNT, day)).toEqual(oracle.figures(day));
    }
    const rows = await queries.positions(ACCOUNT, TUESDAY);
    expect(rows.map(({ symbol, quantity, costBasis }) => ({ symbol, quantity, costBasis }))).toEqual(
      oracle.positions(),
    );
    expect(rows.length).toBeGreaterThan(0);
  });
});

/** Whole units with so many decimals, as text without superfluous zeros. */
function text(units: number | bigint, decimals: number): string {
  const digits = `${units < 0n ? -BigInt(units) : units}`.padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Keeps each thousandth of a share as an entry of its own with its price in millionths: amounts are in billionths. */
function createOracle() {
  const books = new Map<string, { sign: bigint; price: bigint }[]>();
  const realized: { day: string; amount: bigint }[] = [];
  const total = (amounts: readonly bigint[]): string =>
    text(
      amounts.reduce((sum, each) => sum + each, 0n),
      9,
    );
  return {
    trade(symbol: string, day: string, side: 'buy' | 'sell', thousandths: number, micros: number): void {
      const entries = books.get(symbol) ?? [];
      books.set(symbol, entries);
      const sign = side === 'buy' ? 1n : -1n;
      for (let each = 0; each < thousandths; each += 1) {
        const oldest = entries[0];
        if (oldest !== undefined && oldest.sign !== sign) {
          entries.shift();
          realized.push({ day, amount: (BigInt(micros) - oldest.price) * oldest.sign });
        } else entries.push({ sign, price: BigInt(micros) });
      }
    },
    figures: (day: string) => ({
      realizedToday: total(realized.filter((each) => each.day === day).map(({ amount }) => amount)),
      realizedTotal: total(realized.map(({ amount }) => amount)),
    }),
    positions: () =>
      [...books]
        .filter(([, entries]) => entries.length > 0)
        .map(([symbol, entries]) => ({
          symbol,
          quantity: text(
            entries.reduce((sum, { sign }) => sum + sign, 0n),
            3,
          ),
          costBasis: total(entries.map(({ sign, price }) => sign * price)),
        }))
        .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  };
}
