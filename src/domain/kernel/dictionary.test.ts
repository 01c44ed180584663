import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY, find, has, put, valuesOf } from './dictionary.ts';
import type { Dictionary } from './dictionary.ts';

const byValue = (a: number, b: number): number => a - b;

describe('dictionary', () => {
  it('holds what was put last under each key, and leaves older ones as they were', () => {
    const entries = fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.integer()), { maxLength: 300 });
    fc.assert(
      fc.property(entries, (puts) => {
        const model = new Map<string, number>();
        let dictionary: Dictionary<number> = EMPTY;
        const older: [Dictionary<number>, Map<string, number>][] = [];
        for (const [key, value] of puts) {
          older.push([dictionary, new Map(model)]);
          dictionary = put(dictionary, key, value);
          model.set(key, value);
        }
        for (const [key] of puts) {
          expect(find(dictionary, key)).toBe(model.get(key));
          const [then, modelThen] = older[Math.floor(older.length / 2)] ?? [EMPTY, new Map<string, number>()];
          expect(find(then, key)).toBe(modelThen.get(key));
        }
        expect(has(dictionary, 'not there at all')).toBe(false);
        expect([...valuesOf(dictionary)].toSorted(byValue)).toEqual([...model.values()].toSorted(byValue));
      }),
    );
  });

  it('keeps apart keys of one hash', () => {
    // Two words with the same 32-bit FNV-1a hash.
    const dictionary = put(put(EMPTY as Dictionary<number>, 'costarring', 1), 'liquid', 2);
    expect([find(dictionary, 'costarring'), find(dictionary, 'liquid')]).toEqual([1, 2]);
    expect(find(put(dictionary, 'liquid', 3), 'costarring')).toBe(1);
    expect([...valuesOf(dictionary)].toSorted(byValue)).toEqual([1, 2]);
  });

  it('stays quick as it grows', () => {
    let dictionary: Dictionary<number> = EMPTY;
    for (let n = 0; n < 100_000; n += 1) dictionary = put(dictionary, `order-${n}`, n);
    expect(find(dictionary, 'order-77777')).toBe(77_777);
  }, 5_000);
});
