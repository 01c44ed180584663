import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../failure.ts';
import { type Bar, makeBar, mergeBars } from './bars.ts';
import { type Columns, readBarsCsv } from './bars-csv.ts';
import { type TradingDay, tradingDay } from './calendar.ts';
import { replayListing } from './listings.ts';
import { minutesInside } from './price-path.ts';
import { type BarSource, type Factor, recentlyUsed } from './source.ts';
import { type Day, HOUR, MINUTE, newYorkDay, parseDay } from './time.ts';

type Resolution = '1Min' | '1Hour' | '1Day';
type Table = { readonly columns: Columns; readonly rowsOfDay: ReadonlyMap<Day, readonly [from: number, to: number]> };
type Security = { readonly tables: Partial<Record<Resolution, Table>>; readonly factors: readonly Factor[] };

const FILE = /^([A-Z][A-Z0-9.]*)\.(1Min|1Hour|1Day|factors)\.csv$/i;
const FINEST_FIRST: readonly Resolution[] = ['1Min', '1Hour', '1Day'];
const MINUTES_KEPT = 800;

/**
 * Bars from a folder of `SYMBOL.1Min.csv`, `SYMBOL.1Hour.csv`, `SYMBOL.1Day.csv` and `SYMBOL.factors.csv`. For each
 * symbol and date the finest resolution present is traded; where that is an hour or a day, the minutes inside it are
 * interpolated and never leave it.
 * @throws StartFailure when the folder can not be read, holds no bars, or a row is broken
 */
export function replaySource(folder: string, seed: number): BarSource {
  const securities = loadFolder(folder);
  const minutesOf = recentlyUsed<readonly Bar[]>(MINUTES_KEPT);
  const rows = (symbol: string, resolution: Resolution, day: Day): Bar[] => {
    const table = securities.get(symbol)?.tables[resolution];
    const range = table?.rowsOfDay.get(day);
    return table && range ? barsOf(table.columns, range) : [];
  };
  const resolution = (symbol: string, day: Day): Resolution | null => {
    const tables = securities.get(symbol)?.tables;
    return FINEST_FIRST.find((each) => tables?.[each]?.rowsOfDay.has(day)) ?? null;
  };
  const minutes = (symbol: string, day: Day): readonly Bar[] =>
    minutesOf(`${symbol} ${day}`, () => {
      const hours = tradingDay(day);
      const finest = resolution(symbol, day);
      if (!hours || finest === null) return [];
      const bars = rows(symbol, finest, day);
      if (finest === '1Min') return bars;
      return bars.flatMap((bar) => interpolate(seed, symbol, bar, hours, finest));
    });
  return {
    kind: 'replay',
    listings: [...securities.keys()].map(replayListing),
    minutes,
    resolution,
    daily(symbol, day) {
      const given = rows(symbol, '1Day', day)[0];
      if (given) return given;
      const hours = tradingDay(day);
      if (!hours) return null;
      const regular = minutes(symbol, day).filter((bar) => bar.t >= hours.open && bar.t < hours.close);
      return mergeBars(hours.open, regular);
    },
    hours(symbol, day) {
      const given = rows(symbol, '1Hour', day);
      return given.length > 0 ? given : null;
    },
    span(symbol) {
      const all = Object.values(securities.get(symbol)?.tables ?? {}).flatMap((table) => [...table.rowsOfDay.keys()]);
      if (all.length === 0) return null;
      return all.reduce((span, day) => ({ first: Math.min(span.first, day), last: Math.max(span.last, day) }), {
        first: Infinity,
        last: -Infinity,
      });
    },
    factors: (symbol) => securities.get(symbol)?.factors ?? [],
  };
}

function loadFolder(folder: string): Map<string, Security> {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch (error) {
    throw new StartFailure(
      `SANDBOX_BARS: can not read the folder ${folder} (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    );
  }
  const securities = new Map<string, { tables: Partial<Record<Resolution, Table>>; factors: readonly Factor[] }>();
  for (const name of names) {
    const parts = FILE.exec(name);
    if (!parts) continue;
    const symbol = (parts[1] ?? '').toUpperCase();
    const kind = (parts[2] ?? '').toLowerCase();
    const security = securities.get(symbol) ?? { tables: {}, factors: [] };
    const path = join(folder, name);
    try {
      if (kind === 'factors') security.factors = readFactors(path);
      else security.tables[FINEST_FIRST.find((each) => each.toLowerCase() === kind) ?? '1Day'] = loadTable(path);
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw new StartFailure(
        `SANDBOX_BARS: can not read ${path} (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      );
    }
    securities.set(symbol, security);
  }
  for (const [symbol, security] of securities) if (Object.keys(security.tables).length === 0) securities.delete(symbol);
  if (securities.size === 0) throw new StartFailure(`SANDBOX_BARS: no SYMBOL.1Min|1Hour|1Day.csv in ${folder}`);
  return securities;
}

function loadTable(path: string): Table {
  const columns = readBarsCsv(path);
  const rowsOfDay = new Map<Day, readonly [number, number]>();
  const days = Array.from(columns.t, (start) => newYorkDay(start));
  let from = 0;
  for (let i = 1; i <= days.length; i++) {
    const day = days[i - 1];
    if (day === undefined || day === days[i]) continue;
    rowsOfDay.set(day, [from, i]);
    from = i;
  }
  return { columns, rowsOfDay };
}

function barsOf(columns: Columns, [from, to]: readonly [number, number]): Bar[] {
  const bars: Bar[] = [];
  const at = (column: Float64Array, i: number): number => column[i] ?? 0;
  for (let i = from; i < to; i++) {
    bars.push(
      makeBar(
        at(columns.t, i),
        at(columns.o, i),
        at(columns.h, i),
        at(columns.l, i),
        at(columns.c, i),
        at(columns.v, i),
      ),
    );
  }
  return bars;
}

/** A coarse bar is traded only while the regular session overlaps it. */
function interpolate(seed: number, symbol: string, bar: Bar, day: TradingDay, resolution: Resolution): Bar[] {
  const start = resolution === '1Day' ? day.open : Math.max(bar.t, day.open);
  const end = resolution === '1Day' ? day.close : Math.min(bar.t + HOUR, day.close);
  const count = Math.round((end - start) / MINUTE);
  return count < 3 ? [] : minutesInside(seed, symbol, bar, start, count);
}

function readFactors(path: string): Factor[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(1).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const [date = '', price = '', split = ''] = line.trim().split(',');
    const factor = { lastDay: parseDay(date) ?? Number.NaN, price: Number(price), split: Number(split) };
    if (Number.isNaN(factor.lastDay) || !(factor.price > 0) || !(factor.split > 0)) {
      throw new StartFailure(`${path}:${index + 2}: not a line of date, price factor, split factor`);
    }
    return [factor];
  });
}
