import type { Bar } from './bars.ts';
import type { Day } from './time.ts';

/** A security as the sandbox knows it. */
export type Listing = {
  readonly symbol: string;
  readonly name: string;
  readonly exchange: 'NASDAQ' | 'NYSE' | 'ARCA' | 'AMEX' | 'BATS';
};

/** One line of a factor file: prices up to and including `lastDay` are multiplied by these to be comparable with today's. */
export type Factor = { readonly lastDay: Day; readonly price: number; readonly split: number };

/** Where bars come from. Everything is a pure function of the symbol and the day; nothing here knows the market clock. */
export type BarSource = {
  readonly kind: 'synthetic' | 'replay';
  readonly listings: readonly Listing[];
  /** All minute bars of a New York date, extended hours included, in time order; empty when the symbol has no data that day. */
  minutes(symbol: string, day: Day): readonly Bar[];
  /** The regular session as one bar, or null. */
  daily(symbol: string, day: Day): Bar | null;
  /** The hour bars given for a date, or null when hours have to be made from the minutes. */
  hours(symbol: string, day: Day): readonly Bar[] | null;
  /** First and last date with data; null when there is none. */
  span(symbol: string): { readonly first: Day; readonly last: Day } | null;
  /** The finest resolution given for that date. */
  resolution(symbol: string, day: Day): '1Min' | '1Hour' | '1Day' | null;
  factors(symbol: string): readonly Factor[];
};

/** A small cache that forgets what was used longest ago. */
export function recentlyUsed<Value>(capacity: number): (key: string, make: () => Value) => Value {
  const entries = new Map<string, Value>();
  return (key, make) => {
    const known = entries.get(key);
    if (known !== undefined) {
      entries.delete(key);
      entries.set(key, known);
      return known;
    }
    const made = make();
    entries.set(key, made);
    if (entries.size > capacity) {
      const oldest = entries.keys().next().value;
      if (oldest !== undefined) entries.delete(oldest);
    }
    return made;
  };
}
