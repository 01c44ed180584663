import { type Bar, mergeBars } from './bars.ts';
import { tradingDay } from './calendar.ts';
import type { Market } from './market.ts';
import { DAY, type Day, HOUR, MINUTE, dayOf, fromNewYork, newYorkDay, newYorkTime, weekday } from './time.ts';

export type Timeframe = { readonly unit: 'Min' | 'Hour' | 'Day' | 'Week' | 'Month'; readonly count: number };

export type HistoryQuery = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** First and last bar start, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Market time: nothing later is ever shown. */
  readonly now: number;
  readonly descending: boolean;
};

const UNITS: Readonly<Record<string, Timeframe['unit']>> = {
  min: 'Min',
  t: 'Min',
  hour: 'Hour',
  h: 'Hour',
  day: 'Day',
  d: 'Day',
  week: 'Week',
  w: 'Week',
  month: 'Month',
  m: 'Month',
};
const ALLOWED: Readonly<Record<Timeframe['unit'], (count: number) => boolean>> = {
  Min: (n) => n >= 1 && n <= 59,
  Hour: (n) => n >= 1 && n <= 23,
  Day: (n) => n === 1,
  Week: (n) => n === 1,
  Month: (n) => [1, 2, 3, 4, 6, 12].includes(n),
};

/** Reads `1Min`, `15T`, `1Hour`, `1Day`, `1W`, `3Month` ...; null when there is no such timeframe. */
export function parseTimeframe(text: string): Timeframe | null {
  const parts = /^(\d{1,2})(Min|T|Hour|H|Day|D|Week|W|Month|M)$/i.exec(text);
  const unit = UNITS[(parts?.[2] ?? '').toLowerCase()];
  const count = Number(parts?.[1]);
  return unit && ALLOWED[unit](count) ? { unit, count } : null;
}

/** Bars of one symbol, made lazily, in the asked order, up to and including the one under way. */
export function* history(market: Market, query: HistoryQuery): Generator<Bar> {
  const { timeframe, descending } = query;
  const to = Math.min(query.to, query.now);
  const span = market.source.span(query.symbol);
  if (!span || query.from > to) return;
  const first = Math.max(span.first, newYorkDay(query.from));
  const last = Math.min(span.last, newYorkDay(to));
  const wanted = (bar: Bar): boolean => bar.t >= query.from && bar.t <= to;
  const isGrouped = timeframe.unit === 'Week' || timeframe.unit === 'Month';
  const groups = isGrouped ? groupStarts(timeframe, first, last) : dayRange(first, last);
  if (descending) groups.reverse();
  for (const day of groups) {
    const bars = isGrouped ? groupBar(market, query, day) : barsOfDay(market, query, day);
    if (descending) bars.reverse();
    for (const bar of bars) if (wanted(bar)) yield bar;
  }
}

/** The regular session of a day as it can be seen now; null before its open or without data. Starts at New York midnight. */
export function dayBar(market: Market, symbol: string, day: Day, now: number): Bar | null {
  const hours = tradingDay(day);
  if (!hours || now < hours.open) return null;
  const midnight = fromNewYork(day, 0);
  if (now >= hours.close) {
    const whole = market.source.daily(symbol, day);
    return whole ? { ...whole, t: midnight } : null;
  }
  return mergeBars(
    midnight,
    market.minutesUpTo(symbol, now).filter((bar) => bar.t >= hours.open),
  );
}

function barsOfDay(market: Market, { symbol, timeframe, now }: HistoryQuery, day: Day): Bar[] {
  if (timeframe.unit === 'Day') {
    const bar = dayBar(market, symbol, day, now);
    return bar ? [bar] : [];
  }
  const isToday = newYorkDay(now) === day;
  const minutes = isToday ? market.minutesUpTo(symbol, now) : [...market.source.minutes(symbol, day)];
  if (timeframe.unit === 'Min') return timeframe.count === 1 ? minutes : bucket(minutes, timeframe.count * MINUTE);
  const given = market.source.hours(symbol, day);
  if (!given) return bucket(minutes, timeframe.count * HOUR);
  const finished = given.filter((bar) => bar.t + HOUR <= now);
  const running = isToday ? given.find((bar) => bar.t <= now && bar.t + HOUR > now) : undefined;
  const current = running
    ? mergeBars(
        running.t,
        minutes.filter((bar) => bar.t >= running.t),
      )
    : null;
  const hours = current ? [...finished, current] : finished;
  return timeframe.count === 1 ? hours : bucket(hours, timeframe.count * HOUR);
}

/** Groups bars of one day into spans counted from New York midnight. */
function bucket(bars: readonly Bar[], span: number): Bar[] {
  const groups = new Map<number, Bar[]>();
  for (const bar of bars) {
    const start = bar.t - (newYorkTime(bar.t) % span);
    const group = groups.get(start);
    if (group) group.push(bar);
    else groups.set(start, [bar]);
  }
  return [...groups].flatMap(([start, group]) => mergeBars(start, group) ?? []);
}

function dayRange(first: Day, last: Day): Day[] {
  const days: Day[] = [];
  for (let day = first; day <= last; day++) if (tradingDay(day)) days.push(day);
  return days;
}

function monthStart(day: Day, count: number): Day {
  const date = new Date(day * DAY);
  return dayOf(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / count) * count + 1, 1);
}

function nextGroup(timeframe: Timeframe, start: Day): Day {
  if (timeframe.unit === 'Week') return start + 7;
  const date = new Date(start * DAY);
  return Math.floor(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + timeframe.count, 1) / DAY);
}

function groupStarts(timeframe: Timeframe, first: Day, last: Day): Day[] {
  const starts: Day[] = [];
  let start = timeframe.unit === 'Week' ? first - ((weekday(first) + 6) % 7) : monthStart(first, timeframe.count);
  while (start <= last) {
    starts.push(start);
    start = nextGroup(timeframe, start);
  }
  return starts;
}

function groupBar(market: Market, { symbol, timeframe, now }: HistoryQuery, start: Day): Bar[] {
  const bars: Bar[] = [];
  for (let day = start; day < nextGroup(timeframe, start); day++) {
    const bar = dayBar(market, symbol, day, now);
    if (bar) bars.push(bar);
  }
  const merged = mergeBars(fromNewYork(start, 0), bars);
  return merged ? [merged] : [];
}
