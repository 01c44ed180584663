import { describe, expect, it } from 'vitest';
import { phaseAt, tradingDay } from './calendar.ts';
import { fromNewYork, instantText, newYorkDay, newYorkText, parseDay, parseInstant } from './time.ts';

function dayOf(text: string): ReturnType<typeof tradingDay> {
  return tradingDay(parseDay(text) ?? Number.NaN);
}

describe('the exchange calendar', () => {
  it.each([
    '2013-03-29',
    '2018-12-05',
    '2012-10-29',
    '2021-12-24',
    '2022-06-20',
    '2023-01-02',
    '2025-01-09',
    '2026-04-03',
    '2026-07-03',
    '2027-06-18',
    '2024-11-28',
    '2013-10-12',
  ])('is closed on %s', (day) => expect(dayOf(day)).toBeNull());

  it.each(['2021-12-31', '2013-10-14', '2020-07-02', '2024-01-02', '2021-06-18'])('is open all day on %s', (day) => {
    expect(dayOf(day)).toMatchObject({ half: false });
  });

  it.each(['2013-07-03', '2013-11-29', '2014-12-24', '2023-07-03', '2024-12-24', '2025-11-28'])(
    'closes early on %s',
    (day) => {
      const hours = dayOf(day);
      expect(hours?.half).toBe(true);
      expect(newYorkText(hours?.close ?? 0).slice(11, 16)).toBe('13:00');
    },
  );

  it('opens at half past nine in New York in summer and in winter', () => {
    expect(instantText(dayOf('2024-03-08')?.open ?? 0)).toBe('2024-03-08T14:30:00Z');
    expect(instantText(dayOf('2024-03-11')?.open ?? 0)).toBe('2024-03-11T13:30:00Z');
    expect(instantText(dayOf('2005-04-01')?.open ?? 0)).toBe('2005-04-01T14:30:00Z');
  });

  it('tells the parts of the day apart', () => {
    const at = (time: string): string => phaseAt(parseInstant(`2024-03-13T${time}-04:00`) ?? 0);
    expect(
      ['03:59:59', '04:00:00', '09:29:59', '09:30:00', '15:59:59', '16:00:00', '19:59:59', '20:00:00'].map(at),
    ).toEqual(['closed', 'pre', 'pre', 'regular', 'regular', 'post', 'post', 'closed']);
  });

  it('agrees with the time zone database of the platform', () => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    for (let at = Date.UTC(1999, 0, 1); at < Date.UTC(2029, 0, 1); at += 37 * 3_600_000 + 1000) {
      expect(newYorkText(at).slice(0, 19).replace('T', ' ')).toBe(format.format(at));
    }
  });

  it('finds the instant of a New York time again', () => {
    for (let day = 15_000; day < 20_000; day += 7) expect(newYorkDay(fromNewYork(day, 10 * 3_600_000))).toBe(day);
  });

  it.each([
    ['2024-03-13T14:00:00Z', '2024-03-13T14:00:00Z'],
    ['2024-03-13T14:00:00.123456789Z', '2024-03-13T14:00:00.123Z'],
    ['2024-03-13T10:00:00-04:00', '2024-03-13T14:00:00Z'],
    ['2024-03-13T14:00:00 00:00', '2024-03-13T14:00:00Z'],
    ['2024-03-13', '2024-03-13T04:00:00Z'],
  ])('reads %s', (given, shown) => expect(instantText(parseInstant(given) ?? 0)).toBe(shown));
});
