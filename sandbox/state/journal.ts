import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StartFailure } from '../failure.ts';

/** One change: the whole new value of an entity. */
export type Entry = readonly [kind: string, value: unknown];

/** Names of members that hold exact decimals; they are written as integer texts. */
const DECIMALS: readonly string[] = [
  'qty',
  'notional',
  'limitPrice',
  'stopPrice',
  'trailPrice',
  'trailPercent',
  'hwm',
  'collar',
  'filledQty',
  'filledCost',
  'price',
  'cumQty',
  'leavesQty',
  'cost',
  'cash',
  'openingCash',
  'lastEquity',
];
const MARK = '\u0001';

/** Decimals stand only among an entity's own members, so that the big texts inside need no second look. */
function encode(entries: readonly Entry[]): string {
  const plain = entries.map(([kind, value]) => {
    const members = Object.entries(value as object).map(([name, member]: [string, unknown]) => [
      name,
      typeof member === 'bigint' ? `${MARK}${member}` : member,
    ]);
    return [kind, Object.fromEntries(members)];
  });
  return `${JSON.stringify(plain)}\n`;
}

function decode(line: string): Entry[] {
  const entries = JSON.parse(line) as [string, Record<string, unknown>][];
  for (const [, value] of entries) {
    for (const name of DECIMALS) {
      const member = value[name];
      if (typeof member === 'string' && member.startsWith(MARK)) value[name] = BigInt(member.slice(1));
    }
  }
  return entries;
}

/** A file of committed changes, one line each, in the order they happened. */
export type Journal = {
  /** Writes the changes as one line, all or nothing, before it returns. */
  write(entries: readonly Entry[]): void;
  /** Replaces the file by these changes. */
  rewrite(groups: readonly (readonly Entry[])[]): void;
  readonly bytes: () => number;
  close(): void;
};

/**
 * Opens (or creates) the journal of a data folder and hands every committed change to `apply`. A last line torn by a
 * kill is cut off: it was never answered for.
 * @throws StartFailure when the folder can not be used, or the file is damaged before its end
 */
export function openJournal(folder: string, apply: (entry: Entry) => void): Journal {
  const path = join(folder, 'journal.jsonl');
  try {
    makeFolder(resolve(folder));
    let size = existsSync(path) ? replay(path, apply) : 0;
    let file = openSync(path, 'a');
    return {
      write(entries) {
        const line = Buffer.from(encode(entries));
        let written = 0;
        while (written < line.length) written += writeSync(file, line, written);
        size += line.length;
      },
      rewrite(groups) {
        const fresh = `${path}.new`;
        const target = openSync(fresh, 'w');
        size = 0;
        for (const group of groups) {
          const line = Buffer.from(encode(group));
          writeSync(target, line);
          size += line.length;
        }
        fsyncSync(target);
        closeSync(target);
        closeSync(file);
        renameSync(fresh, path);
        file = openSync(path, 'a');
      },
      bytes: () => size,
      close: () => closeSync(file),
    };
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(
      `SANDBOX_DATA: can not use ${folder} (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

/** Step by step, because the recursive call never ends where the system refuses a folder as missing (`/proc`). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function replay(path: string, apply: (entry: Entry) => void): number {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(path, end);
  const lines = bytes.toString('utf8', 0, end).split('\n');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    let entries: Entry[];
    try {
      entries = decode(line);
    } catch {
      throw new StartFailure(`SANDBOX_DATA: ${path}:${index + 1} is damaged`);
    }
    for (const entry of entries) apply(entry);
  }
  return end;
}
