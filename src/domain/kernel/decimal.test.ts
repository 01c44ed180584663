import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  minus,
  money,
  multiple,
  percentApart,
  percentOf,
  perShare,
  plus,
  price,
  quantity,
  toCents,
  toText,
  value,
} from './decimal.ts';

/** Decimal text with at most 9 decimals. */
const text = fc
  .tuple(fc.integer({ min: 0, max: 99_999_999 }), fc.integer({ min: 0, max: 999_999_999 }), fc.boolean())
  .map(([whole, fraction, negative]) => `${negative ? '-' : ''}${whole}.${`${fraction}`.padStart(9, '0')}`);

describe('decimal', () => {
  it('reads and writes text without loss', () => {
    fc.assert(fc.property(text, (t) => money(toText(money(t))) === money(t)));
    expect(toText(money('1.50'))).toBe('1.5');
    expect(toText(money('-0.000000001'))).toBe('-0.000000001');
    expect(toText(money('007'))).toBe('7');
  });

  it.each(['', '.5', '1.', '1e3', '+1', ' 1', '1,000', 'NaN', '0x1', '1.2.3', '--1'])('refuses %j', (bad) => {
    expect(() => price(bad)).toThrow(RangeError);
  });

  it('adds and subtracts exactly', () => {
    expect(toText(plus(money('0.1'), money('0.2')))).toBe('0.3');
    fc.assert(fc.property(text, text, (a, b) => minus(plus(money(a), money(b)), money(b)) === money(a)));
  });

  it('multiplies a price by a quantity exactly', () => {
    expect(toText(value(price('187.2501'), quantity('0.000000001')))).toBe('0.0000001872501');
    fc.assert(fc.property(text, text, (p, q) => value(price(p), quantity(q)) * 10n ** 18n === price(p) * quantity(q)));
  });

  it('rounds a division half to even', () => {
    expect(toText(perShare(money('1'), quantity('3')))).toBe('0.333333333333333333');
    expect(toText(perShare(money('2'), quantity('3')))).toBe('0.666666666666666667');
    expect(toText(perShare(money('-2'), quantity('3')))).toBe('-0.666666666666666667');
    expect(toCents(money('0.125'))).toBe('0.12');
    expect(toCents(money('0.135'))).toBe('0.14');
    expect(toCents(money('-0.125'))).toBe('-0.12');
    expect(toCents(money('-3'))).toBe('-3.00');
  });

  it('reckons per cent', () => {
    expect(toText(percentOf('10', price('187.5')))).toBe('18.75');
    expect(toText(multiple('6', money('2000.01')))).toBe('12000.06');
    expect(toText(multiple('1.5', money('-3')))).toBe('-4.5');
    expect(percentApart(price('110'), price('100'))).toBe('10');
    expect(percentApart(price('66.67'), price('100'))).toBe('33.33');
  });
});
