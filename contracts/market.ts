import { z } from 'zod';
import { decimalText, instantText, symbolText } from './text.ts';

export const timeframe = z.enum(['1Min', '5Min', '15Min', '1Hour', '1Day']).meta({ id: 'Timeframe' });
export type Timeframe = z.infer<typeof timeframe>;

/** One bar; `time` is its start in Unix seconds, UTC (daily bars: midnight in New York). Prices in USD. */
export const bar = z
  .object({
    time: z.int(),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
  })
  .meta({ id: 'Bar' });
export type Bar = z.infer<typeof bar>;

/** The newest `limit` bars that start before `before` (Unix seconds; default: now), oldest first. */
export const barsQuery = z.object({
  symbol: symbolText,
  timeframe: timeframe.default('1Min'),
  limit: z.coerce.number().int().min(1).max(2000).default(500),
  before: z.coerce.number().int().min(0).max(4_102_444_800).optional(),
});
export const bars = z.object({ symbol: symbolText, timeframe, bars: z.array(bar) }).meta({ id: 'Bars' });
export type Bars = z.infer<typeof bars>;

/** The market's own clock (regular session). In a replay it is the replayed moment. */
export const marketClock = z
  .object({ now: instantText, isOpen: z.boolean(), nextOpen: instantText, nextClose: instantText })
  .meta({ id: 'MarketClock' });
export type MarketClock = z.infer<typeof marketClock>;

/** The best bid and ask, as decimals; `previousClose` is null where the source has none. */
export const quote = z
  .object({
    symbol: symbolText,
    bid: decimalText,
    ask: decimalText,
    /** The last trade's price. */
    last: decimalText,
    previousClose: decimalText.nullable(),
    at: instantText,
  })
  .meta({ id: 'Quote' });
export type Quote = z.infer<typeof quote>;
