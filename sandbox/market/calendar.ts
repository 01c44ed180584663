import {
  type Day,
  HOUR,
  MINUTE,
  dayOf,
  fromNewYork,
  lastWeekday,
  newYorkDay,
  nthWeekday,
  weekday,
  yearOf,
} from './time.ts';

/** A day on which the exchange opens; all times are instants (milliseconds since 1970). */
export type TradingDay = {
  readonly day: Day;
  readonly preOpen: number;
  readonly open: number;
  readonly close: number;
  readonly postClose: number;
  readonly half: boolean;
};

export type Phase = 'closed' | 'pre' | 'regular' | 'post';

/** Closures that follow no yearly rule: mourning days, storms, September 2001. */
const EXTRA_CLOSURES: readonly (readonly [number, number, number])[] = [
  [1994, 4, 27],
  [2001, 9, 11],
  [2001, 9, 12],
  [2001, 9, 13],
  [2001, 9, 14],
  [2004, 6, 11],
  [2007, 1, 2],
  [2012, 10, 29],
  [2012, 10, 30],
  [2018, 12, 5],
  [2025, 1, 9],
];

type Year = { readonly closed: ReadonlySet<Day>; readonly half: ReadonlySet<Day> };
const years = new Map<number, Year>();
const days = new Map<Day, TradingDay | null>();

/** Easter Sunday of the Gregorian calendar (the anonymous algorithm). */
function easter(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return dayOf(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}

/** A holiday on a Saturday is kept on Friday, one on a Sunday on Monday. */
function observed(day: Day): Day {
  if (weekday(day) === 6) return day - 1;
  return weekday(day) === 0 ? day + 1 : day;
}

function rulesOf(year: number): Year {
  const known = years.get(year);
  if (known) return known;
  const newYear = dayOf(year, 1, 1);
  const closed = new Set<Day>([
    nthWeekday(year, 2, 1, 3),
    easter(year) - 2,
    lastWeekday(year, 5, 1),
    observed(dayOf(year, 7, 4)),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 11, 4, 4),
    observed(dayOf(year, 12, 25)),
  ]);
  if (weekday(newYear) !== 6) closed.add(observed(newYear));
  if (year >= 1998) closed.add(nthWeekday(year, 1, 1, 3));
  if (year >= 2022) closed.add(observed(dayOf(year, 6, 19)));
  for (const [y, m, d] of EXTRA_CLOSURES) if (y === year) closed.add(dayOf(y, m, d));
  const half = new Set<Day>();
  for (const day of [dayOf(year, 7, 3), nthWeekday(year, 11, 4, 4) + 1, dayOf(year, 12, 24)]) {
    const isWeekday = weekday(day) >= 1 && weekday(day) <= 5;
    if (isWeekday && !closed.has(day)) half.add(day);
  }
  const rules = { closed, half };
  years.set(year, rules);
  return rules;
}

/** The trading hours of a date, or null on a weekend or holiday. Half days close at 13:00 and have no trading after 17:00. */
export function tradingDay(day: Day): TradingDay | null {
  const known = days.get(day);
  if (known !== undefined) return known;
  const rules = rulesOf(yearOf(day));
  const isOpen = weekday(day) !== 0 && weekday(day) !== 6 && !rules.closed.has(day);
  const half = rules.half.has(day);
  const result = isOpen
    ? {
        day,
        preOpen: fromNewYork(day, 4 * HOUR),
        open: fromNewYork(day, 9 * HOUR + 30 * MINUTE),
        close: fromNewYork(day, half ? 13 * HOUR : 16 * HOUR),
        postClose: fromNewYork(day, half ? 17 * HOUR : 20 * HOUR),
        half,
      }
    : null;
  days.set(day, result);
  return result;
}

/** The first trading day after a date. */
export function nextTradingDay(after: Day): TradingDay {
  for (let day = after + 1; ; day++) {
    const found = tradingDay(day);
    if (found) return found;
  }
}

/** The last trading day before a date. */
export function previousTradingDay(before: Day): TradingDay {
  for (let day = before - 1; ; day--) {
    const found = tradingDay(day);
    if (found) return found;
  }
}

/** Which part of the trading day an instant falls into. Each part includes its first and excludes its last instant. */
export function phaseAt(utc: number): Phase {
  const day = tradingDay(newYorkDay(utc));
  if (!day || utc < day.preOpen || utc >= day.postClose) return 'closed';
  if (utc < day.open) return 'pre';
  return utc < day.close ? 'regular' : 'post';
}

/** The first boundary of a session (pre-open, open, close, post-close) strictly after an instant. */
export function nextBoundary(utc: number): number {
  const today = newYorkDay(utc);
  const day = tradingDay(today);
  if (day) for (const edge of [day.preOpen, day.open, day.close, day.postClose]) if (edge > utc) return edge;
  return nextTradingDay(today).preOpen;
}

/** The trading day whose regular session is under way or comes next. */
export function sessionFor(utc: number): TradingDay {
  const today = newYorkDay(utc);
  const day = tradingDay(today);
  return day && utc < day.close ? day : nextTradingDay(today);
}
