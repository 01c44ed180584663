import { readFileSync } from 'node:fs';
import { StartFailure } from '../failure.ts';
import { parseInstant } from './time.ts';

/** The rows of one file in columns, in time order: start (ms), prices (millionths of a dollar), volume (shares). */
export type Columns = {
  readonly t: Float64Array;
  readonly o: Float64Array;
  readonly h: Float64Array;
  readonly l: Float64Array;
  readonly c: Float64Array;
  readonly v: Float64Array;
};

const NAMES: Readonly<Record<string, string>> = {
  timestamp: 't',
  time: 't',
  date: 't',
  datetime: 't',
  t: 't',
  open: 'o',
  o: 'o',
  high: 'h',
  h: 'h',
  low: 'l',
  l: 'l',
  close: 'c',
  c: 'c',
  volume: 'v',
  vol: 'v',
  v: 'v',
};
const FULL_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z|\+00:00)?$/;

/**
 * Reads a bars file: a header line naming the columns (in any order and case), then one bar a line. Times are UTC when
 * they carry no zone; whole numbers are Unix seconds or milliseconds.
 * @throws StartFailure naming the file and line of a broken row
 */
export function readBarsCsv(path: string): Columns {
  const lines = readFileSync(path, 'utf8').split('\n');
  const fail = (line: number, why: string): StartFailure => new StartFailure(`${path}:${line + 1}: ${why}`);
  const header = (lines[0] ?? '')
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((name) => NAMES[clean(name).toLowerCase()]);
  const at = (name: string): number => {
    const index = header.indexOf(name);
    if (index < 0) throw fail(0, 'the first line must name the columns timestamp, open, high, low, close, volume');
    return index;
  };
  const [ti, oi, hi, li, ci, vi] = [at('t'), at('o'), at('h'), at('l'), at('c'), at('v')];
  const size = lines.length;
  const columns = {
    t: new Float64Array(size),
    o: new Float64Array(size),
    h: new Float64Array(size),
    l: new Float64Array(size),
    c: new Float64Array(size),
    v: new Float64Array(size),
  };
  let count = 0;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line === '' || line === '\r') continue;
    const cells = line.split(',');
    const time = readTime(clean(cells[ti] ?? ''));
    const [o, h, l, c] = [price(cells[oi]), price(cells[hi]), price(cells[li]), price(cells[ci])];
    const volumeText = clean(cells[vi] ?? '');
    const volume = Number(volumeText);
    if (time === null) throw fail(i, `"${cells[ti]}" is not a time`);
    if (!(o > 0 && h > 0 && l > 0 && c > 0)) throw fail(i, 'a price is missing or not a positive number');
    if (l > Math.min(o, c) || h < Math.max(o, c)) throw fail(i, 'open and close must lie between low and high');
    if (!(volume >= 0) || volumeText === '') throw fail(i, 'the volume is missing or not a number');
    if (count > 0 && time <= (columns.t[count - 1] ?? 0)) throw fail(i, 'the rows are not in time order');
    columns.t[count] = time;
    columns.o[count] = o;
    columns.h[count] = h;
    columns.l[count] = l;
    columns.c[count] = c;
    columns.v[count] = Math.round(volume);
    count++;
  }
  const cut = (column: Float64Array): Float64Array => column.subarray(0, count);
  return {
    t: cut(columns.t),
    o: cut(columns.o),
    h: cut(columns.h),
    l: cut(columns.l),
    c: cut(columns.c),
    v: cut(columns.v),
  };
}

function clean(cell: string): string {
  const trimmed = cell.trim();
  return trimmed.startsWith('"') && trimmed.endsWith('"') ? trimmed.slice(1, -1) : trimmed;
}

function price(cell: string | undefined): number {
  return Math.round(Number(clean(cell ?? '')) * 1e6);
}

function readTime(text: string): number | null {
  if (FULL_TIME.test(text)) {
    const time = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
    return Number.isNaN(time) ? null : time;
  }
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  return parseInstant(text);
}
