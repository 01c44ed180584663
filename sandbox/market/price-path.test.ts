import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBar, mergeBars } from './bars.ts';
import { minutesInside, secondsOf } from './price-path.ts';
import { syntheticSource } from './synthetic-source.ts';
import { parseDay } from './time.ts';
import { tradingDay } from './calendar.ts';

const bar = fc
  .tuple(fc.integer({ min: 50, max: 90_000 }), fc.nat(400), fc.nat(1000), fc.nat(1000), fc.nat(1_000_000))
  .map(([low, range, open, close, volume]) => {
    const at = (share: number): number => (low + Math.floor((range * share) / 1000)) * 10_000;
    return makeBar(1_381_500_000_000, at(open), (low + range) * 10_000, low * 10_000, at(close), volume);
  });

describe('price paths', () => {
  it('run from open to close through low and high and never leave the bar', () => {
    fc.assert(
      fc.property(bar, fc.nat(1000), (each, seed) => {
        const path = secondsOf(seed, 'SPY', each);
        expect(path).toHaveLength(60);
        expect([path[0], path.at(-1)]).toEqual([each.o, each.c]);
        expect([Math.min(...path), Math.max(...path)]).toEqual([each.l, each.h]);
      }),
      { numRuns: 300 },
    );
  });

  it('split a coarse bar into minutes that together are that bar', () => {
    fc.assert(
      fc.property(bar, fc.integer({ min: 30, max: 390 }), (each, count) => {
        const minutes = minutesInside(1, 'SPY', each, each.t, count);
        expect(minutes).toHaveLength(count);
        expect(mergeBars(each.t, minutes)).toMatchObject({ o: each.o, h: each.h, l: each.l, c: each.c, v: each.v });
        for (const minute of minutes)
          expect(minute.l <= Math.min(minute.o, minute.c) && minute.h >= Math.max(minute.o, minute.c)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('make up an invented market whose days are the sum of their minutes', () => {
    const source = syntheticSource(7);
    expect(source.listings.length).toBeGreaterThanOrEqual(30);
    const day = parseDay('2024-03-13') ?? 0;
    const hours = tradingDay(day);
    for (const { symbol } of source.listings) {
      const regular = source
        .minutes(symbol, day)
        .filter((each) => each.t >= (hours?.open ?? 0) && each.t < (hours?.close ?? 0));
      expect(regular).toHaveLength(390);
      const daily = source.daily(symbol, day);
      expect(mergeBars(0, regular)).toMatchObject({ o: daily?.o, h: daily?.h, l: daily?.l, c: daily?.c, v: daily?.v });
      expect(((daily?.h ?? 0) - (daily?.l ?? 0)) / (daily?.l ?? 1)).toBeLessThan(0.15);
    }
  });
});
