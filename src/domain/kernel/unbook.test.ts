import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, NO_MONEY, plus, price, quantity, toText, value } from './decimal.ts';
import type { Money } from './decimal.ts';
import { book, FLAT, netQuantity, openedBy, unbook, unrealized } from './lots.ts';
import type { Booked, Holding, Side } from './lots.ts';

type Trade = readonly [side: Side, shares: string, at: string, orderId?: string];

/** Executions booked one after another, each of which can be taken back. */
function booking(trades: readonly Trade[]) {
  let holding: Holding = FLAT;
  let realized = NO_MONEY;
  const done: Booked[] = [];
  for (const [index, [side, shares, at, orderId = `order-${index}`]] of trades.entries()) {
    const booked = book(holding, side, quantity(shares), price(at), orderId);
    holding = booked.holding;
    realized = plus(realized, booked.realized);
    done.push({ side, quantity: quantity(shares), price: price(at), orderId, closedLots: booked.closedLots });
  }
  return {
    done,
    takeBack(index: number): void {
      const undone = unbook(holding, done[index] as Booked);
      holding = undone.holding;
      realized = plus(realized, undone.realized);
    },
    lots: () => holding.map((lot) => `${toText(lot.quantity)}@${toText(lot.price)} ${lot.orderId}`),
    realized: () => toText(realized),
    holding: () => holding,
  };
}

/** Neighbours of one order at one price are one lot, however they came to stand beside each other. */
const joined = (lots: Holding): readonly string[] =>
  lots
    .reduce<{ name: string; quantity: bigint }[]>((all, lot) => {
      const name = `${toText(lot.price)} ${lot.orderId}`;
      const last = all.at(-1);
      if (last?.name === name) last.quantity += lot.quantity;
      else all.push({ name, quantity: lot.quantity });
      return all;
    }, [])
    .map((lot) => `${lot.quantity}@${lot.name}`);

describe('taking an execution back', () => {
  it('takes its own lot, and of lots with its price the newest', () => {
    const own = booking([
      ['buy', '5', '100', 'a'],
      ['buy', '5', '100', 'b'],
      ['buy', '5', '110', 'c'],
    ]);
    own.takeBack(0);
    expect(own.lots()).toEqual(['5@100 b', '5@110 c']);

    // Its own lot was closed; another one of that price stands for it.
    const closed = booking([
      ['buy', '5', '100', 'a'],
      ['buy', '5', '100', 'b'],
      ['buy', '5', '100', 'c'],
      ['sell', '5', '120', 'd'],
    ]);
    closed.takeBack(0);
    expect(closed.lots()).toEqual(['5@100 b']);
    expect(closed.realized()).toBe('100');
  });

  it('gives a closed lot back at its cost, as the oldest, and takes the realized profit back exactly', () => {
    const sold = booking([
      ['buy', '10', '100.001', 'a'],
      ['buy', '10', '110', 'b'],
      ['sell', '12.5', '120', 'c'],
    ]);
    expect(sold.realized()).toBe('224.99');
    sold.takeBack(2);
    expect(sold.lots()).toEqual(['10@100.001 a', '10@110 b']);
    expect(sold.realized()).toBe('0');
  });

  it('leaves the position short when what was bought was sold already', () => {
    const gone = booking([
      ['buy', '10', '100', 'a'],
      ['sell', '10', '110', 'b'],
    ]);
    gone.takeBack(0);
    expect(gone.lots()).toEqual(['-10@100 a']);
    // The profit stays booked, and the short position carries what it costs to buy the shares again.
    expect(gone.realized()).toBe('100');
    gone.takeBack(1);
    expect(gone.lots()).toEqual([]);
    expect(gone.realized()).toBe('0');
  });

  it('lets a returned lot meet what was opened on the other side since', () => {
    const crossed = booking([
      ['buy', '10', '100', 'a'],
      ['sell', '10', '110', 'b'],
      ['sell', '5', '112', 'c'],
    ]);
    crossed.takeBack(1);
    expect(crossed.lots()).toEqual(['5@100 a']);
    expect(crossed.realized()).toBe('60');
  });

  it('restores what was before when it was the last', () => {
    fc.assert(
      fc.property(trades(8), (all) => {
        const whole = booking(all);
        const before = booking(all.slice(0, -1));
        whole.takeBack(all.length - 1);
        expect(joined(whole.holding())).toEqual(joined(before.holding()));
        expect(whole.realized()).toBe(before.realized());
      }),
    );
  });

  it('loses no share and no cent, whatever is taken back in whichever order', () => {
    const some = fc
      .tuple(trades(12), fc.infiniteStream(fc.nat()))
      .map(([all, picks]) => ({ all, taken: pick(all.length, picks) }));
    fc.assert(
      fc.property(some, ({ all, taken }) => {
        const books = booking(all);
        for (const index of taken) books.takeBack(index);
        const left = all.filter((_, index) => !taken.includes(index));
        const signed = left.map(([side, shares]) => (side === 'buy' ? quantity(shares) : quantity(`-${shares}`)));
        expect(netQuantity(books.holding())).toBe(signed.reduce((sum, each) => sum + each, 0n));
        const cash = left.reduce(
          (sum, [side, shares, at]) =>
            (sum + (side === 'buy' ? -1n : 1n) * value(price(at), quantity(shares))) as Money,
          NO_MONEY,
        );
        const mark = price('100');
        const worth = plus(cash, value(mark, netQuantity(books.holding())));
        expect(toText(worth)).toBe(toText(plus(unrealized(books.holding(), mark), money(books.realized()))));
        expect(books.holding().every((lot) => lot.quantity > 0n === books.holding()[0]!.quantity > 0n)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

it('what an order has opened is what of its lots is left', () => {
  const { holding } = booking([
    ['buy', '10', '100', 'a'],
    ['buy', '4', '110', 'b'],
    ['sell', '12', '120', 'c'],
  ]);
  expect(['a', 'b', 'c'].map((orderId) => toText(openedBy(holding(), orderId)))).toEqual(['0', '2', '0']);
});

/** Few prices and few orders, so that lots of one price and one order meet. */
function trades(most: number) {
  const trade = fc.tuple(
    fc.constantFrom<Side>('buy', 'sell'),
    fc.integer({ min: 1, max: 9 }).map((n) => `${n}`),
    fc.constantFrom('99.5', '100', '101.25'),
    fc.constantFrom('a', 'b', 'c'),
  );
  return fc.array(trade, { minLength: 1, maxLength: most });
}

/** Some of so many, each once, in any order. */
function pick(count: number, picks: Iterable<number>): readonly number[] {
  const left = Array.from({ length: count }, (_, index) => index);
  const taken: number[] = [];
  for (const each of picks) {
    if (left.length === 0 || each % 4 === 0) break;
    taken.push(...left.splice(each % left.length, 1));
  }
  return taken;
}
