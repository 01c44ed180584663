import { describe, expect, it } from 'vitest';
import type { Bar } from '../../../../contracts/market.ts';
import { barStart, seriesOf, withMinute, withNewest, withOlder } from './bar-series.ts';

const T = Date.parse('2026-03-02T15:00:00Z') / 1000;
const bar = (time: number, close: number, volume = 10): Bar => ({
  time,
  open: close,
  high: close + 1,
  low: close - 1,
  close,
  volume,
});

describe('bar series', () => {
  it('knows where bars begin', () => {
    expect(barStart(T + 7 * 60 + 30, '5Min')).toBe(T + 300);
    expect(barStart(T + 59 * 60, '1Hour')).toBe(T);
    expect(barStart(T, '1Day')).toBe(Date.parse('2026-03-02T05:00:00Z') / 1000);
  });

  it('replaces a growing minute and begins the next', () => {
    let series = seriesOf('1Min', [bar(T, 100)]);
    series = withMinute(series, bar(T, 101, 12));
    series = withMinute(series, bar(T + 60, 102));
    expect(series.bars).toEqual([bar(T, 101, 12), bar(T + 60, 102)]);
    expect(withMinute(series, bar(T, 50)).bars).toEqual(series.bars);
  });

  it('gathers minutes into longer bars and counts each minute once', () => {
    let series = seriesOf('5Min', [bar(T, 100, 30)]);
    series = withMinute(series, bar(T + 60, 103, 5));
    series = withMinute(series, bar(T + 120, 101, 7));
    series = withMinute(series, bar(T + 120, 98, 9));
    expect(series.bars).toEqual([{ time: T, open: 100, high: 104, low: 97, close: 98, volume: 39 }]);
    series = withMinute(series, bar(T + 300, 99, 4));
    series = withMinute(series, bar(T + 300, 99, 6));
    expect(series.bars.at(-1)).toEqual(bar(T + 300, 99, 6));
  });

  it('joins older and newer pages without doubles', () => {
    const series = seriesOf('1Min', [bar(T, 1), bar(T + 60, 2)]);
    expect(withOlder(series, [bar(T - 60, 0), bar(T, 9)]).bars).toEqual([bar(T - 60, 0), bar(T, 1), bar(T + 60, 2)]);
    expect(withNewest(series, [bar(T + 60, 3), bar(T + 120, 4)]).bars).toEqual([
      bar(T, 1),
      bar(T + 60, 3),
      bar(T + 120, 4),
    ]);
  });
});
