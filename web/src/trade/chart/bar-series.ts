import type { Bar, Timeframe } from '../../../../contracts/market.ts';
import { dayStart } from '../../time/new-york.ts';

const SECONDS: Record<Exclude<Timeframe, '1Day'>, number> = { '1Min': 60, '5Min': 300, '15Min': 900, '1Hour': 3600 };

/** Unix seconds at which the bar of this timeframe begins that holds an instant. */
export function barStart(utcSeconds: number, timeframe: Timeframe): number {
  if (timeframe === '1Day') return dayStart(utcSeconds);
  const length = SECONDS[timeframe];
  return Math.floor(utcSeconds / length) * length;
}

/** Bars of one symbol and timeframe, oldest first, and what of the last one is still open to change. */
export interface BarSeries {
  timeframe: Timeframe;
  bars: readonly Bar[];
  /** The newest minute taken in, and the volume of the last bar without it. */
  minute: { time: number; volumeBefore: number } | null;
}

export const seriesOf = (timeframe: Timeframe, bars: readonly Bar[]): BarSeries => ({ timeframe, bars, minute: null });

/** Puts older bars before the known ones; overlap is dropped. */
export function withOlder(series: BarSeries, older: readonly Bar[]): BarSeries {
  const first = series.bars[0]?.time ?? Number.POSITIVE_INFINITY;
  return { ...series, bars: [...older.filter((bar) => bar.time < first), ...series.bars] };
}

/** Takes newly read bars over the known ones from their first on, and keeps what is older. */
export function withNewest(series: BarSeries, newest: readonly Bar[]): BarSeries {
  const from = newest[0]?.time;
  if (from === undefined) return series;
  return seriesOf(series.timeframe, [...series.bars.filter((bar) => bar.time < from), ...newest]);
}

/**
 * Takes a minute bar from the live stream into the last bar, or begins the next one. The same minute may come again
 * while it grows. Of a minute that was already part of the loaded bar, the volume is counted once: with the next minute.
 */
export function withMinute(series: BarSeries, minute: Bar): BarSeries {
  const start = barStart(minute.time, series.timeframe);
  const last = series.bars.at(-1);
  if (last === undefined || start < last.time) return series;
  if (start > last.time) {
    return {
      ...series,
      bars: [...series.bars, { ...minute, time: start }],
      minute: { time: minute.time, volumeBefore: 0 },
    };
  }
  if (series.timeframe === '1Min') {
    return { ...series, bars: [...series.bars.slice(0, -1), minute] };
  }
  const known = series.minute;
  if (known !== null && minute.time < known.time) return series;
  const sameMinute = known !== null && minute.time === known.time;
  const volumeBefore = sameMinute ? known.volumeBefore : known === null ? last.volume - minute.volume : last.volume;
  const merged: Bar = {
    time: start,
    open: last.open,
    high: Math.max(last.high, minute.high),
    low: Math.min(last.low, minute.low),
    close: minute.close,
    volume: Math.max(0, volumeBefore) + minute.volume,
  };
  return {
    ...series,
    bars: [...series.bars.slice(0, -1), merged],
    minute: { time: minute.time, volumeBefore: Math.max(0, volumeBefore) },
  };
}
