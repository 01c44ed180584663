import { describe, expect, it } from 'vitest';
import type { AssessmentInputs } from '../events.ts';
import { assess, breaches, figures, fill, LIMITS, market, readInputs, release } from '../samples.suite.ts';

const sell = (quantity: string, seen: Partial<AssessmentInputs> = {}, orderId = 'next') =>
  assess(market({ orderId, side: 'sell', quantity }), { tradesIncluded: null, ...seen });
const buy = (quantity: string, seen: Partial<AssessmentInputs> = {}, orderId = 'next') =>
  assess(market({ orderId, quantity }), { tradesIncluded: null, ...seen });
const long = [buy('10', {}, 'h'), fill('h', 'buy', '10', '100'), release('h')];
const short = [sell('10', {}, 'h'), fill('h', 'sell', '10', '100'), release('h')];

describe('turning a position over', () => {
  it.each([
    ['9.999999999', []],
    ['10', []],
    ['10.000000001', [{ rule: 'position_flip', limit: '10', actual: '10.000000001', unit: 'shares', detail: null }]],
  ])('is not done by selling %s of ten', (quantity, expected) => {
    expect(breaches(sell(quantity), ...long)).toEqual(expected);
  });

  it.each([
    ['9', []],
    ['10', []],
    ['11', [{ rule: 'position_flip', limit: '10', actual: '11', unit: 'shares', detail: null }]],
  ])('is not done by buying %s back of ten', (quantity, expected) => {
    expect(breaches(buy(quantity), ...short)).toEqual(expected);
  });

  it('is not done in steps either', () => {
    expect(breaches(sell('6'), ...long, sell('4', {}, 'first'))).toEqual([]);
    expect(breaches(sell('7'), ...long, sell('4', {}, 'first'))).toMatchObject([{ rule: 'position_flip', limit: '6' }]);
    expect(breaches(sell('1'), ...long, sell('10', {}, 'first'))).toMatchObject([
      { rule: 'position_flip', limit: '0' },
    ]);
  });
});

describe('a short sale', () => {
  const instrument = readInputs().instrument!;
  it.each<[string, Partial<AssessmentInputs>, string | null]>([
    ['with everything', {}, null],
    ['against the limits', { limits: { ...LIMITS, shortSelling: false } }, 'policy'],
    ['of what can not be borrowed', { instrument: { ...instrument, shortable: false } }, 'instrument'],
    ['of an account that may not', { account: figures({ shortingEnabled: false }) }, 'account'],
    ['with an equity of 1,999.99', { account: figures({ equity: '1999.99' }) }, 'equity'],
    ['with an equity of 2,000', { account: figures({ equity: '2000' }) }, null],
    ['with an equity of 2,000.01', { account: figures({ equity: '2000.01' }) }, null],
  ])('%s', (_what, seen, detail) => {
    expect(breaches(sell('1', seen))).toMatchObject(detail === null ? [] : [{ rule: 'short_sale', detail }]);
    expect(breaches(sell('1', seen), ...short)).toMatchObject(detail === null ? [] : [{ rule: 'short_sale', detail }]);
    expect(breaches(sell('10', seen), ...long)).toEqual([]);
  });

  it.each([
    ['1', []],
    ['1.000000001', [{ rule: 'short_sale', actual: '1.000000001', unit: 'shares', detail: 'fraction' }]],
    ['0.999999999', [{ rule: 'short_sale', detail: 'fraction' }]],
  ])('is for whole shares: %s', (quantity, expected) => {
    expect(breaches(sell(quantity))).toMatchObject(expected);
  });

  it('is told every reason', () => {
    const seen = {
      limits: { ...LIMITS, shortSelling: false },
      instrument: { ...instrument, shortable: false },
      account: figures({ shortingEnabled: false, equity: '5' }),
    };
    expect(breaches(sell('0.5', seen)).map(({ detail }) => detail)).toEqual([
      'policy',
      'instrument',
      'account',
      'equity',
      'fraction',
    ]);
  });
});
