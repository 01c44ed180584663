import { describe, expect, it } from 'vitest';
import { dayStart, formatMarketMoment, formatMarketTime, formatMarketWhen, toWallSeconds } from './new-york.ts';

const seconds = (iso: string): number => Date.parse(iso) / 1000;

describe('New York time', () => {
  it('follows daylight saving', () => {
    expect(toWallSeconds(seconds('2026-03-06T14:30:00Z'))).toBe(seconds('2026-03-06T09:30:00Z'));
    expect(toWallSeconds(seconds('2026-03-09T13:30:00Z'))).toBe(seconds('2026-03-09T09:30:00Z'));
    expect(toWallSeconds(seconds('2026-03-08T06:59:59Z'))).toBe(seconds('2026-03-08T01:59:59Z'));
    expect(toWallSeconds(seconds('2026-03-08T07:00:00Z'))).toBe(seconds('2026-03-08T03:00:00Z'));
  });

  it('begins a day at its own midnight, also on the day of a change', () => {
    expect(dayStart(seconds('2026-03-08T20:00:00Z'))).toBe(seconds('2026-03-08T05:00:00Z'));
    expect(dayStart(seconds('2026-11-01T20:00:00Z'))).toBe(seconds('2026-11-01T04:00:00Z'));
    expect(dayStart(seconds('2026-07-02T03:59:59Z'))).toBe(seconds('2026-07-01T04:00:00Z'));
  });

  it('writes times as the market reads them', () => {
    expect(formatMarketTime(new Date('2026-03-02T14:31:05.250Z'))).toBe('09:31:05');
    expect(formatMarketMoment(new Date('2026-07-02T04:00:00Z'))).toBe('Jul 2, 00:00:00');
    expect(formatMarketWhen(new Date('2026-07-02T04:00:00Z'), ['Thu, Jul 2'])).toBe('00:00:00');
    expect(formatMarketWhen(new Date('2026-07-02T03:59:59Z'), ['Thu, Jul 2'])).toBe('Jul 1');
  });
});
