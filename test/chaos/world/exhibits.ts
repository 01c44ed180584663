/** What a world in which something was violated leaves behind, for people: the records as they were when it was found. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './world.ts';

/** Writes into `folder`: the event store, the ledger and what came to the broker's door, each a line an entry, and the log. */
export async function keepExhibits({ reader, sandbox, door, dataFolder, plan }: World, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, entries: readonly unknown[]): void =>
    writeFileSync(join(folder, name), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  write('events.jsonl', await reader.all());
  write('ledger.jsonl', await sandbox.ledger());
  write('arrivals.jsonl', door.arrivals);
  write('plan.jsonl', plan.episodes);
  copyFileSync(join(dataFolder, 'tradsy.log'), join(folder, 'tradsy.log'));
}
