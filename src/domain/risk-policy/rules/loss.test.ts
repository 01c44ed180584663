import { describe, expect, it } from 'vitest';
import { money, toText } from '../../kernel/decimal.ts';
import type { Side } from '../../kernel/lots.ts';
import { resultOfDay } from '../result.ts';
import type { RiskCommand } from '../risk-policy.ts';
import { after, assess, breaches, DAY, fill, LIMITS, market, readInputs } from '../samples.suite.ts';

const TOMORROW = '2026-03-03';
const YESTERDAY = '2026-03-01';

/** Trades of other orders: what is booked counts, whoever placed it. */
const trades = (...each: readonly (readonly [Side, string, string, string?])[]): RiskCommand[] =>
  each.map(([side, shares, at, day], n) => fill(`t${n}`, side, shares, at, day));
const priced = (price: string, previousClose: string | null = null) => ({
  marks: [{ symbol: 'AAPL', price, previousClose }],
});
const result = (commands: readonly RiskCommand[], day: string, price: string, previousClose: string | null = null) => {
  const found = resultOfDay(after(...commands).state, day, priced(price, previousClose).marks);
  return found === null ? null : toText(found);
};

describe('the result of a day', () => {
  it('is what the trades brought in, and what is held at its mark', () => {
    expect(result(trades(['buy', '10', '100']), DAY, '101')).toBe('10');
    expect(result(trades(['buy', '10', '100'], ['sell', '4', '103']), DAY, '101')).toBe('18');
    expect(result(trades(['sell', '10', '100']), DAY, '101')).toBe('-10');
    expect(result(trades(['sell', '10', '100'], ['buy', '10', '98']), DAY, '500')).toBe('20');
  });

  it('begins at the close of the day before', () => {
    const held = trades(['buy', '10', '50', YESTERDAY]);
    expect(result(held, DAY, '101', '100')).toBe('10');
    expect(result(held, DAY, '101')).toBe('0');
    expect(result([...held, ...trades()], DAY, '99', '100')).toBe('-10');
    const sold = [...held, fill('s', 'sell', '10', '98')];
    expect(result(sold, DAY, '90', '100')).toBe('-20');
  });

  it('is begun anew by a later day, and by nothing else', () => {
    const lost = trades(['buy', '10', '100'], ['sell', '10', '90']);
    expect(result(lost, DAY, '90')).toBe('-100');
    expect(result(lost, TOMORROW, '90')).toBe('0');
    expect(result([...lost, fill('n', 'buy', '1', '90', TOMORROW)], TOMORROW, '91')).toBe('1');
    // A clock that is behind still sees what is booked of the day that has begun.
    expect(result([...lost, fill('n', 'buy', '1', '90', TOMORROW)], DAY, '91')).toBe('1');
  });

  it('counts an execution of an earlier day that is learnt late as held when the day began', () => {
    const today = trades(['buy', '10', '100']);
    const late = fill('late', 'buy', '5', '50', YESTERDAY);
    expect(result([...today, late], DAY, '101', '99')).toBe('20');
    expect(result([late, ...today], DAY, '101', '99')).toBe('20');
  });

  it('counts what the broker account held before as held when the day began', () => {
    const opening: RiskCommand = {
      type: 'RecordOpeningPositions',
      positions: [{ symbol: 'AAPL', quantity: '-5', averagePrice: '90' }],
      at: '2026-03-02T14:00:00.000Z',
    };
    expect(result([opening], DAY, '101', '100')).toBe('-5');
    expect(result([opening, fill('x', 'buy', '5', '98')], DAY, '101', '100')).toBe('10');
  });

  it('is the same however often an execution is told', () => {
    const told = fill('a', 'buy', '10', '100');
    expect(result([told, told], DAY, '101')).toBe('10');
  });

  it('is not known while nobody prices what is held, or was when the day began', () => {
    const { state } = after(...trades(['buy', '10', '50', YESTERDAY]));
    expect(resultOfDay(state, DAY, [])).toBeNull();
    expect(resultOfDay(after(...trades(['buy', '1', '100'], ['sell', '1', '90'])).state, DAY, [])).toBe(money('-10'));
  });
});

describe('daily loss', () => {
  const next = (seen: object = {}) =>
    assess(market({ orderId: 'next', quantity: '1' }), { tradesIncluded: null, ...seen });
  const held = trades(['buy', '100', '125', YESTERDAY]);

  it.each([
    ['75.01', []],
    ['75', [{ rule: 'daily_loss', limit: '2500', actual: '2500', unit: 'USD', detail: null }]],
    ['74.99', [{ rule: 'daily_loss', limit: '2500', actual: '2501', unit: 'USD', detail: null }]],
  ])('counts what is not realized: a fall from 100 to %s', (price, expected) => {
    expect(breaches(next(priced(price, '100')), ...held)).toEqual(expected);
  });

  it('adds what is realized to what is not', () => {
    const half = [...held, fill('s', 'sell', '50', '75')];
    expect(breaches(next(priced('75.02', '100')), ...half)).toEqual([]);
    expect(breaches(next(priced('75', '100')), ...half)).toMatchObject([{ rule: 'daily_loss', actual: '2500' }]);
    expect(breaches(next(priced('80', '100')), ...half)).toEqual([]);
  });

  it('takes a gain of the day into account', () => {
    const gained = [...held, fill('s', 'sell', '50', '150')];
    expect(breaches(next(priced('26', '100')), ...gained)).toEqual([]);
  });

  it('lets people out', () => {
    const close = assess(market({ orderId: 'out', side: 'sell', quantity: '100' }), { ...priced('10', '100') });
    expect(breaches(close, ...held)).toEqual([]);
    const flip = assess(market({ orderId: 'out', side: 'sell', quantity: '101' }), priced('10', '100'));
    expect(breaches(flip, ...held).map(({ rule }) => rule)).toContain('daily_loss');
  });

  it('is not begun anew by a restart: it is folded from what is booked', () => {
    const lost = [...held, fill('s', 'sell', '100', '70')];
    const { events } = after(...lost);
    expect(events.filter(({ type }) => type === 'FillBooked')).toHaveLength(2);
    expect(breaches(next(priced('70', '100')), ...lost)).toMatchObject([{ rule: 'daily_loss', actual: '3000' }]);
  });

  it('can not be told without a price, and then nothing is opened', () => {
    const limits = { ...LIMITS, largestExposure: null };
    const blind = { marks: [], limits, tradesIncluded: null, margin: null };
    expect(breaches(next(blind), ...held)).toEqual([
      { rule: 'daily_loss', limit: '2500', actual: null, unit: 'USD', detail: null },
    ]);
    expect(readInputs().marks).toHaveLength(1);
  });
});
