import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StartFailure } from '../failure.ts';

/** One change: the whole new value of an entity. */
export type Entry = readonly [kind: string, value: unknown];

/** Names of members that hold exact decimals; they are written as integer texts. */
const DECIMALS: ReadonlySet<string> = new Set([
  'qty', 'notional', 'limitPrice', 'stopPrice', 'trailPrice', 'trailPercent', 'hwm', 'collar', 'filledQty', 'filledCost',
  'price', 'cumQty', 'leavesQty', 'cost', 'cash', 'openingCash', 'lastEquity',
]);
const MARK = '\u0001';

function encode(entries: readonly Entry[]): string {
  const body = JSON.stringify(entries, (_name, value: unknown) => (typeof value === 'bigint' ? `${MARK}${value}` : value));
  return `${body}\n`;
}

function decode(line: string): Entry[] {
  return JSON.parse(line, (name, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) && DECIMALS.has(name) ? BigInt(value.slice(1)) : value,
  ) as Entry[];
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
    mkdirSync(folder, { recursive: true });
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
    throw new StartFailure(`SANDBOX_DATA: can not use ${folder} (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
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
