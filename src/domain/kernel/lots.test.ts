import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, NO_MONEY, plus, price, quantity, toText, value } from './decimal.ts';
import type { Money } from './decimal.ts';
import { averagePrice, book, costBasis, FLAT, netQuantity, unrealized } from './lots.ts';
import type { Holding, Side } from './lots.ts';

const executed = (trades: readonly (readonly [Side, string, string])[]): { holding: Holding; realized: Money } => {
  let holding = FLAT;
  let realized = NO_MONEY;
  for (const [side, shares, at] of trades) {
    const booking = book(holding, side, quantity(shares), price(at));
    holding = booking.holding;
    realized = plus(realized, booking.realized);
  }
  return { holding, realized };
};

describe('lots', () => {
  it('closes the oldest lot first', () => {
    const { holding, realized } = executed([
      ['buy', '10', '100'],
      ['buy', '10', '110'],
      ['sell', '15', '120'],
    ]);
    expect(toText(realized)).toBe('250');
    expect(toText(netQuantity(holding))).toBe('5');
    expect(toText(averagePrice(holding) ?? price('0'))).toBe('110');
    expect(toText(unrealized(holding, price('108')))).toBe('-10');
  });

  it('turns a long position into a short one', () => {
    const { holding, realized } = executed([
      ['buy', '1', '10'],
      ['sell', '3', '12'],
      ['buy', '2', '11.5'],
    ]);
    expect(toText(realized)).toBe('3');
    expect(holding).toEqual([]);
    expect(averagePrice(holding)).toBeNull();
  });

  it('loses no cent: realized and unrealized together are what was paid and received', () => {
    const trade = fc.tuple(
      fc.constantFrom<Side>('buy', 'sell'),
      fc.integer({ min: 1, max: 5_000 }).map((n) => `${n / 1000}`),
      fc.integer({ min: 1, max: 50_000 }).map((n) => `${n / 100}`),
    );
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 30 }), fc.integer({ min: 1, max: 900 }), (trades, mark) => {
        const { holding, realized } = executed(trades);
        const cash = trades.reduce((total, [side, shares, at]) => {
          const worth = value(price(at), quantity(shares));
          return (side === 'buy' ? total - worth : total + worth) as Money;
        }, NO_MONEY);
        const marked = value(price(`${mark}`), netQuantity(holding));
        expect(plus(cash, marked)).toBe(plus(realized, unrealized(holding, price(`${mark}`))));
        expect(holding.every((lot) => lot.quantity > 0n === holding[0]!.quantity > 0n)).toBe(true);
      }),
    );
    expect(costBasis(FLAT)).toBe(money('0'));
  });
});
