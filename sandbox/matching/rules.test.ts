import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMicros } from '../decimal.ts';
import type { Tick } from '../market/market.ts';
import type { Order } from '../state/types.ts';
import { react } from './rules.ts';

const cents = (count: number): number => count * 10_000;

const tick: fc.Arbitrary<Tick> = fc
  .tuple(
    fc.integer({ min: 100, max: 50_000 }),
    fc.nat(300),
    fc.nat(300),
    fc.option(fc.nat(300)),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([low, range, offset, before, half]) => {
    const [l, h] = [cents(low), cents(low + range)];
    const price = cents(low + Math.min(offset, range));
    const previous = before === null ? null : cents(low + Math.min(before, range));
    const [buy, sell] = [Math.min(h, price + cents(half)), Math.max(l, price - cents(half))];
    return { at: 0, phase: 'regular', price, previous, low: l, high: h, buy, sell, volume: 100 };
  });

function order(terms: Partial<Order>): Order {
  return {
    side: 'buy',
    type: 'market',
    limitPrice: null,
    stopPrice: null,
    trailPrice: null,
    trailPercent: null,
    collar: null,
    hwm: null,
    triggered: false,
    ...terms,
  } as Order;
}

const side = fc.constantFrom('buy' as const, 'sell' as const);

describe('the matching rule', () => {
  it('never fills outside the bar', () => {
    const type = fc.constantFrom('market' as const, 'limit' as const, 'stop' as const, 'stop_limit' as const);
    fc.assert(
      fc.property(
        tick,
        side,
        type,
        fc.integer({ min: 50, max: 51_000 }),
        fc.integer({ min: 50, max: 51_000 }),
        fc.boolean(),
        (each, way, kind, limit, stop, resting) => {
          const limitPrice = kind.endsWith('limit') ? fromMicros(cents(limit)) : null;
          const stopPrice = kind.startsWith('stop') ? fromMicros(cents(stop)) : null;
          const { price } = react(order({ side: way, type: kind, limitPrice, stopPrice }), each, resting);
          if (price !== null) expect(price >= each.low && price <= each.high).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('fills a limit exactly when the path has reached it, at a price no better than the path and no worse than the limit', () => {
    fc.assert(
      fc.property(tick, side, fc.integer({ min: 50, max: 51_000 }), fc.boolean(), (each, way, limit, resting) => {
        const micros = cents(limit);
        const { price } = react(order({ side: way, type: 'limit', limitPrice: fromMicros(micros) }), each, resting);
        const isReached = way === 'buy' ? each.price <= micros : each.price >= micros;
        expect(price !== null).toBe(isReached);
        if (price === null) return;
        expect(way === 'buy' ? price <= micros && price >= each.price : price >= micros && price <= each.price).toBe(
          true,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('fills a resting limit that the path crossed at the limit itself', () => {
    const each: Tick = {
      at: 0,
      phase: 'regular',
      price: cents(9_990),
      previous: cents(10_010),
      low: cents(9_900),
      high: cents(10_100),
      buy: cents(9_991),
      sell: cents(9_989),
      volume: 1,
    };
    expect(react(order({ type: 'limit', limitPrice: fromMicros(cents(10_000)) }), each, true).price).toBe(
      cents(10_000),
    );
    expect(react(order({ type: 'limit', limitPrice: fromMicros(cents(10_000)) }), each, false).price).toBe(
      cents(9_991),
    );
  });

  it('triggers a stop on touch and then trades at the market', () => {
    const each: Tick = {
      at: 0,
      phase: 'regular',
      price: cents(10_000),
      previous: null,
      low: cents(9_900),
      high: cents(10_100),
      buy: cents(10_001),
      sell: cents(9_999),
      volume: 1,
    };
    expect(
      react(order({ side: 'sell', type: 'stop', stopPrice: fromMicros(cents(10_000)) }), each, true),
    ).toMatchObject({ triggered: true, price: cents(9_999) });
    expect(react(order({ side: 'sell', type: 'stop', stopPrice: fromMicros(cents(9_999)) }), each, true)).toMatchObject(
      { triggered: false, price: null },
    );
  });

  it('lets a trailing stop follow the market and trigger when it turns', () => {
    const at = (price: number): Tick => ({
      at: 0,
      phase: 'regular',
      price,
      previous: null,
      low: cents(9_000),
      high: cents(11_000),
      buy: price,
      sell: price,
      volume: 1,
    });
    const rising = react(
      order({
        side: 'sell',
        type: 'trailing_stop',
        trailPrice: fromMicros(cents(100)),
        hwm: fromMicros(cents(10_000)),
      }),
      at(cents(10_200)),
      true,
    );
    expect(rising).toMatchObject({
      triggered: false,
      hwm: fromMicros(cents(10_200)),
      stopPrice: fromMicros(cents(10_100)),
    });
    const falling = react(
      order({
        side: 'sell',
        type: 'trailing_stop',
        trailPrice: fromMicros(cents(100)),
        hwm: fromMicros(cents(10_200)),
      }),
      at(cents(10_100)),
      true,
    );
    expect(falling).toMatchObject({ triggered: true, price: cents(10_100) });
  });
});
