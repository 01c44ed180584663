/** A calendar date as the count of days since 1970-01-01. */
export type Day = number;

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

const SUMMER = -4 * HOUR;
const WINTER = -5 * HOUR;
const summerOfYear = new Map<number, { from: number; to: number }>();

/** 0 = Sunday ... 6 = Saturday. */
export function weekday(day: Day): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function dayOf(year: number, month: number, date: number): Day {
  return Math.floor(Date.UTC(year, month - 1, date) / DAY);
}

export function yearOf(day: Day): number {
  return new Date(day * DAY).getUTCFullYear();
}

/** The nth (1 = first) given weekday of a month. */
export function nthWeekday(year: number, month: number, wanted: number, nth: number): Day {
  const first = dayOf(year, month, 1);
  return first + ((wanted - weekday(first) + 7) % 7) + (nth - 1) * 7;
}

/** The last given weekday of a month. */
export function lastWeekday(year: number, month: number, wanted: number): Day {
  const last = dayOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - 1;
  return last - ((weekday(last) - wanted + 7) % 7);
}

/** United States daylight saving: from 2007 second Sunday of March to first Sunday of November, before that April to October. */
function summer(year: number): { from: number; to: number } {
  const known = summerOfYear.get(year);
  if (known) return known;
  const from = year >= 2007 ? nthWeekday(year, 3, 0, 2) : nthWeekday(year, 4, 0, 1);
  const to = year >= 2007 ? nthWeekday(year, 11, 0, 1) : lastWeekday(year, 10, 0);
  const span = { from: from * DAY + 7 * HOUR, to: to * DAY + 6 * HOUR };
  summerOfYear.set(year, span);
  return span;
}

/** New York's offset from UTC in milliseconds at an instant (-4 h or -5 h). */
export function newYorkOffset(utc: number): number {
  const span = summer(new Date(utc).getUTCFullYear());
  return utc >= span.from && utc < span.to ? SUMMER : WINTER;
}

/** The New York calendar date of an instant. */
export function newYorkDay(utc: number): Day {
  return Math.floor((utc + newYorkOffset(utc)) / DAY);
}

/** Milliseconds since New York midnight. */
export function newYorkTime(utc: number): number {
  const local = utc + newYorkOffset(utc);
  return local - Math.floor(local / DAY) * DAY;
}

/** The instant at which New York's clocks show the given time on the given date. */
export function fromNewYork(day: Day, timeOfDay: number): number {
  const guess = day * DAY + timeOfDay - WINTER;
  const early = guess - HOUR;
  return newYorkOffset(early) === SUMMER ? early : guess;
}

/** `2013-10-11`. */
export function dayText(day: Day): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** Reads `YYYY-MM-DD`; null when it is no real date. */
export function parseDay(text: string): Day | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const day = dayOf(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  return dayText(day) === text ? day : null;
}

/** `2013-10-11T14:00:00Z`, with milliseconds only where there are some. */
export function instantText(utc: number): string {
  const iso = new Date(utc).toISOString();
  return iso.endsWith('.000Z') ? `${iso.slice(0, 19)}Z` : iso;
}

/** The instant in New York's own clock, `2013-10-11T10:00:00-04:00`; with `nanos`, nine decimals. */
export function newYorkText(utc: number, nanos = false): string {
  const offset = newYorkOffset(utc);
  const local = new Date(utc + offset).toISOString();
  const fraction = nanos ? `${local.slice(19, 23)}000000` : '';
  return `${local.slice(0, 19)}${fraction}${offset === SUMMER ? '-04:00' : '-05:00'}`;
}

/**
 * Reads an RFC 3339 time with `Z` or an offset, with or without up to nine decimals (a blank may stand for the plus
 * sign of a badly encoded offset), or a bare date (New York midnight). Gives milliseconds since 1970, or null.
 */
export function parseInstant(text: string): number | null {
  const day = parseDay(text);
  if (day !== null) return fromNewYork(day, 0);
  const parts =
    /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|z|[+\- ]\d{2}:?\d{2})?$/.exec(text);
  if (!parts) return null;
  const date = parseDay(parts[1] ?? '');
  const [hour, minute, second] = [Number(parts[2]), Number(parts[3]), Number(parts[4] ?? '0')];
  if (date === null || hour > 23 || minute > 59 || second > 60) return null;
  const fraction = Number(`0.${parts[5] ?? '0'}`) * 1000;
  const zone = parts[6] ?? 'Z';
  let offset = 0;
  if (zone !== 'Z' && zone !== 'z') {
    const digits = zone.slice(1).replace(':', '');
    offset = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * MINUTE * (zone.startsWith('-') ? -1 : 1);
  }
  return date * DAY + hour * HOUR + minute * MINUTE + second * SECOND + Math.floor(fraction + 1e-9) - offset;
}
