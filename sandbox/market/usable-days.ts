import { tradingDay } from './calendar.ts';
import type { BarSource } from './source.ts';
import type { Day } from './time.ts';

/** Which days can be traded on. */
export type UsableDays = {
  /** The day a fresh sandbox starts on. */
  best(): Day;
  /** The first day after the given one on which at least one symbol has bars; null when the data is exhausted. */
  next(after: Day): Day | null;
  has(day: Day): boolean;
};

const WORTH = { '1Min': 1_000_000, '1Hour': 1_000, '1Day': 1 } as const;

/**
 * For replayed bars the best day is the latest one among those on which the most symbols have minute bars, then hour
 * bars, then daily bars. For synthetic bars it is the latest trading day up to the real date.
 */
export function usableDays(source: BarSource, realToday: Day): UsableDays {
  const symbols = source.listings.map((listing) => listing.symbol);
  const spans = symbols.map((symbol) => source.span(symbol)).filter((span) => span !== null);
  const first = Math.min(...spans.map((span) => span.first));
  const last = Math.max(...spans.map((span) => span.last));
  const has = (day: Day): boolean =>
    day >= first &&
    day <= last &&
    tradingDay(day) !== null &&
    symbols.some((symbol) => source.resolution(symbol, day) !== null);

  function latestUpTo(limit: Day): Day {
    for (let day = Math.min(limit, last); day >= first; day--) if (has(day)) return day;
    return last;
  }

  function richest(): Day {
    let best = { day: last, worth: -1 };
    for (let day = first; day <= last; day++) {
      if (!tradingDay(day)) continue;
      let worth = 0;
      for (const symbol of symbols) {
        const resolution = source.resolution(symbol, day);
        if (resolution) worth += WORTH[resolution];
      }
      if (worth > 0 && worth >= best.worth) best = { day, worth };
    }
    return best.day;
  }

  return {
    has,
    best: () => (source.kind === 'synthetic' ? latestUpTo(realToday) : richest()),
    next(after) {
      for (let day = Math.max(after + 1, first); day <= last; day++) if (has(day)) return day;
      return null;
    },
  };
}
