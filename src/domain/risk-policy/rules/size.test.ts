import { describe, expect, it } from 'vitest';
import { ticket } from '../../order/samples.suite.ts';
import type { Mark } from '../events.ts';
import { assess, breaches, fill, LIMITS, market, readInputs, release } from '../samples.suite.ts';

const bought = (orderId: string, symbol: string, shares: string, at: string) => [
  assess(market({ orderId, symbol, quantity: shares }), WIDE),
  { ...fill(orderId, 'buy', shares, at), symbol },
  release(orderId),
];
const mark = (symbol: string, price: string): Mark => ({ symbol, price, previousClose: null });
const limits = { ...LIMITS, largestExposure: '1000', largestPositionValue: '1000000' };
/** Wide enough for what must be there first. */
const WIDE = { limits: { ...limits, largestExposure: null }, tradesIncluded: null };
const order = (changes: Parameters<typeof ticket>[0] = {}) =>
  ticket({ orderId: 'next', quantity: '1', limitPrice: '100', ...changes });

describe('largest order quantity', () => {
  it.each([
    ['9999.999999999', []],
    ['10000', []],
    ['10000.000000001', [{ rule: 'largest_order_quantity', limit: '10000', actual: '10000.000000001' }]],
  ])('%s shares', (quantity, expected) => {
    const penny = { quote: { ...readInputs().quote!, bid: '1', ask: '1' } };
    expect(breaches(assess(ticket({ quantity, limitPrice: '1' }), { ...penny, marks: [] }))).toMatchObject(expected);
  });
});

describe('largest order value', () => {
  it.each([
    ['99.99', []],
    ['100', []],
    ['100.01', [{ rule: 'largest_order_value', limit: '1000', actual: '1000.1' }]],
  ])('ten shares at %s', (limitPrice, expected) => {
    const small = { ...LIMITS, largestOrderValue: '1000' };
    expect(breaches(assess(ticket({ quantity: '10', limitPrice }), { limits: small }))).toMatchObject(expected);
  });
});

describe('largest position', () => {
  it.each([
    ['4.999999999', []],
    ['5', []],
    ['5.000000001', [{ rule: 'largest_position', limit: '1500', actual: '1500.0000001' }]],
  ])('ten held and %s more at 100', (quantity, expected) => {
    const small = { ...LIMITS, largestPositionValue: '1500' };
    const command = assess(order({ quantity }), { limits: small, tradesIncluded: null });
    expect(breaches(command, ...bought('a', 'AAPL', '10', '100'))).toMatchObject(expected);
  });
});

describe('largest exposure', () => {
  const held = [...bought('a', 'AAPL', '4', '90'), ...bought('m', 'MSFT', '2', '200')];
  const judged = (msft: string, changes: Parameters<typeof ticket>[0] = {}, marks: readonly Mark[] = []) =>
    breaches(
      assess(order(changes), {
        limits,
        tradesIncluded: null,
        marks: [mark('AAPL', '100'), mark('MSFT', msft), ...marks],
      }),
      ...held,
    );

  it.each([
    ['249.99', []],
    ['250', []],
    ['250.01', [{ rule: 'largest_exposure', limit: '1000', actual: '1000.02', unit: 'USD' }]],
  ])('is what everything is worth at its mark: MSFT at %s', (msft, expected) => {
    expect(judged(msft)).toMatchObject(expected);
  });

  it('counts what is on its way, at what it was reckoned at where nobody prices it', () => {
    const marks = [mark('AAPL', '100'), mark('MSFT', '200')];
    const working = assess(ticket({ orderId: 'w', symbol: 'KO', quantity: '1', limitPrice: '95' }), { ...WIDE, marks });
    const command = (more: readonly Mark[]) =>
      assess(order(), { limits, tradesIncluded: null, marks: [...marks, ...more] });
    expect(breaches(command([]), ...held, working)).toEqual([]);
    expect(breaches(command([mark('KO', '100.01')]), ...held, working)).toMatchObject([
      { rule: 'largest_exposure', actual: '1000.01' },
    ]);
  });

  it('counts a short position, and an order either way at its larger side', () => {
    const short = [
      assess(market({ orderId: 's', side: 'sell', quantity: '6' }), WIDE),
      fill('s', 'sell', '6', '100'),
      release('s'),
    ];
    const more = (quantity: string) =>
      breaches(assess(order({ side: 'sell', quantity }), { limits, tradesIncluded: null }), ...short);
    expect(more('4')).toEqual([]);
    expect(more('5')).toMatchObject([{ rule: 'largest_exposure', actual: '1100' }]);
  });

  it('is not known while something that is held has no price, and then nothing is opened', () => {
    const blind = { limits, tradesIncluded: null, marks: [mark('AAPL', '100')] };
    expect(breaches(assess(order(), blind), ...held)).toContainEqual({
      rule: 'largest_exposure',
      limit: '1000',
      actual: null,
      unit: 'USD',
      detail: null,
    });
    expect(breaches(assess(order({ side: 'sell', quantity: '4' }), blind), ...held)).toEqual([]);
  });

  it('never stands in the way of closing', () => {
    expect(judged('900', { side: 'sell', quantity: '4' })).toEqual([]);
  });
});

describe('open orders', () => {
  const working = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      assess(ticket({ orderId: `w${n}`, quantity: '1', limitPrice: '100' }), WIDE),
    );
  const few = { limits: { ...LIMITS, mostOpenOrders: 3, mostOrdersInTenSeconds: null }, tradesIncluded: null };

  it.each([
    [1, []],
    [2, []],
    [3, [{ rule: 'open_orders', limit: '3', actual: '4', unit: 'orders' }]],
  ])('with %i that work', (count, expected) => {
    expect(breaches(assess(order(), few), ...working(count))).toMatchObject(expected);
  });

  it('do not count what was filled or has ended, nor stop what closes', () => {
    const three = working(3);
    expect(breaches(assess(order(), few), ...three, release('w0'))).toEqual([]);
    const filled = [...three, fill('w0', 'buy', '1', '100')];
    expect(breaches(assess(order(), few), ...filled)).toEqual([]);
    const full = [...filled, assess(order({ orderId: 'x' }), WIDE)];
    expect(breaches(assess(order({ side: 'sell' }), few), ...full)).toEqual([]);
  });
});
