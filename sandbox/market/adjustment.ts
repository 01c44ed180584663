import type { Bar } from './bars.ts';
import type { Factor } from './source.ts';
import { newYorkDay } from './time.ts';
import type { Day } from './time.ts';

export type Adjustment = { readonly split: boolean; readonly dividend: boolean };

/** Reads `raw`, `split`, `dividend`, `spin-off`, `all` or a comma list of them; null when a word is unknown. */
export function parseAdjustment(text: string): Adjustment | null {
  const words = text.split(',').map((word) => word.trim());
  if (words.some((word) => !['raw', 'split', 'dividend', 'spin-off', 'all'].includes(word))) return null;
  const has = (word: string): boolean => words.includes(word) || words.includes('all');
  return { split: has('split'), dividend: has('dividend') };
}

/**
 * A bar with its prices brought to the terms of the day `today`, the market's own: multiplied by the factors of its date
 * and divided by today's, so that a replay knows no split that is yet to come. A split moves the volume the other way.
 */
export function adjust(factors: readonly Factor[], adjustment: Adjustment, bar: Bar, today: Day): Bar {
  if (factors.length === 0 || (!adjustment.split && !adjustment.dividend)) return bar;
  const then = factorOn(factors, newYorkDay(bar.t));
  const now = factorOn(factors, today);
  const split = adjustment.split ? then.split / now.split : 1;
  const scale = split * (adjustment.dividend ? then.price / now.price : 1);
  const scaled = (micros: number): number => Math.round((micros * scale) / 100) * 100;
  return {
    ...bar,
    o: scaled(bar.o),
    h: scaled(bar.h),
    l: scaled(bar.l),
    c: scaled(bar.c),
    vw: scaled(bar.vw),
    v: Math.round(bar.v / split),
  };
}

const NONE = { split: 1, price: 1 } as const;

const factorOn = (factors: readonly Factor[], day: Day): Pick<Factor, 'split' | 'price'> =>
  factors.find((each) => day <= each.lastDay) ?? NONE;
