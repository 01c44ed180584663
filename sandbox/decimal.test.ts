import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dec, over, parseDec, roundTo, text, times } from './decimal.ts';

const amount = fc
  .tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.integer({ min: 0, max: 9 }))
  .map(([digits, places]) => {
    const sign = digits < 0n ? '-' : '';
    const plain = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
    return places === 0 ? `${sign}${plain}` : `${sign}${plain.slice(0, -places)}.${plain.slice(-places)}`;
  });

describe('exact decimals', () => {
  it('reads and writes any decimal without changing its value', () => {
    fc.assert(
      fc.property(amount, (given) => {
        expect(dec(text(dec(given)))).toBe(dec(given));
      }),
    );
  });

  it('multiplies exactly and divides back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 1, max: 10 ** 9 }), (qty, price) => {
        const [a, b] = [dec(`${qty}e-6`), dec(`${price}e-4`)];
        expect(text(times(a, b))).toBe(text(dec(`${BigInt(qty) * BigInt(price)}e-10`)));
        expect(over(times(a, b), b)).toBe(a);
      }),
    );
  });

  it.each([
    ['0.1', '0.1'],
    ['1.0', '1'],
    ['.5', '0.5'],
    ['1e-7', '0.0000001'],
    ['-3.10', '-3.1'],
  ])('writes %s as %s', (given, shown) => expect(text(dec(given))).toBe(shown));

  it.each(['', '.', 'abc', '1e309', '1,5', '0x10', 'NaN', 'Infinity', '1'.repeat(30)])('refuses %j', (given) => {
    expect(parseDec(given)).toBeNull();
  });

  it('rounds half away from zero', () => {
    expect(text(roundTo(dec('1.005'), 2))).toBe('1.01');
    expect(text(roundTo(dec('-1.005'), 2))).toBe('-1.01');
  });
});
