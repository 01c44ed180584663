const ZONE = 'America/New_York';

const wallParts = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

const HOUR = 3600;
const offsetByHour = new Map<number, number>();

/** New York's distance from UTC at an instant, in seconds (negative: behind). Changes only on whole hours. */
function offsetAt(utcSeconds: number): number {
  const hour = Math.floor(utcSeconds / HOUR);
  const known = offsetByHour.get(hour);
  if (known !== undefined) return known;
  const parts = Object.fromEntries(
    wallParts.formatToParts(hour * HOUR * 1000).map((part) => [part.type, Number(part.value)]),
  );
  const { year = 0, month = 1, day = 1, hour: wallHour = 0, minute = 0, second = 0 } = parts;
  const offset = Date.UTC(year, month - 1, day, wallHour, minute, second) / 1000 - hour * HOUR;
  offsetByHour.set(hour, offset);
  return offset;
}

/**
 * The New York wall time of an instant, written as if it were UTC seconds. The chart knows only UTC: fed with wall
 * times, its days and hours begin where the market's do.
 */
export const toWallSeconds = (utcSeconds: number): number => utcSeconds + offsetAt(utcSeconds);

/** Unix seconds of the New York midnight that begins the day of an instant. */
export function dayStart(utcSeconds: number): number {
  const wallMidnight = Math.floor(toWallSeconds(utcSeconds) / 86_400) * 86_400;
  const guess = wallMidnight - offsetAt(utcSeconds);
  // The clock may have been changed between midnight and now.
  return wallMidnight - offsetAt(guess);
}

const clock = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, hourCycle: 'h23', timeStyle: 'medium' });
const clockShort = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, hourCycle: 'h23', timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, weekday: 'short', month: 'short', day: 'numeric' });
const dateWithYear = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  weekday: 'short',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
});
const dayOnly = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, month: 'short', day: 'numeric' });
const dayAndTime = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  hourCycle: 'h23',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `14:31:05`, New York time. */
export const formatMarketTime = (at: Date): string => clock.format(at);
/** `16:00`, New York time. */
export const formatMarketMinute = (at: Date): string => clockShort.format(at);
/** `Mon, Mar 2`, New York's calendar. */
export const formatMarketDay = (at: Date): string => weekday.format(at);
/** Whether a moment falls on a Saturday or Sunday in New York. */
export const isWeekend = (at: Date): boolean => /^S(at|un)/.test(weekday.format(at));
/** `Mon, Mar 2, 2026`, New York's calendar. */
export const formatMarketDate = (at: Date): string => dateWithYear.format(at);
/** A trading day (`2026-03-02`) as `Mon, Mar 2, 2026`. */
export const formatTradingDay = (day: string): string => dateWithYear.format(new Date(`${day}T17:00:00Z`));
/** `14:31:05` on one of the days `today` (as `formatMarketDay` writes them), else `Mar 2`. */
export const formatMarketWhen = (at: Date, today: readonly string[]): string =>
  today.includes(formatMarketDay(at)) ? clock.format(at) : dayOnly.format(at);
/** `Mar 2, 14:31:05`, New York time. */
export const formatMarketMoment = (at: Date): string => dayAndTime.format(at);
