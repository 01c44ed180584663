/** `npm run events:copy`: copies the event store of Postgres to EventStoreDB, and proves that all of it arrived. */
import { createPostgresEventStore } from '../adapters/postgres/event-store.ts';
import { hidesEvents } from '../adapters/postgres/hidden-events.ts';
import { createLog } from '../adapters/node/log.ts';
import { sha256 } from '../adapters/node/sha256.ts';
import { readConfig } from './config.ts';
import { copyEvents } from './copy-events.ts';
import { openDatabase } from './database.ts';

const PROGRESS_EVERY_MS = 1_000;

const say = (line: string): void => console.error(`  ${line}`);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error('interrupted; the next copy goes on from here')));
}

async function copy(): Promise<void> {
  const config = readConfig(process.env, process.cwd());
  const { eventStoreDbUrl: targetUrl } = config;
  if (targetUrl === null) throw new Error('EVENTSTOREDB_URL is missing: the address of the EventStoreDB to copy to');
  const { signal } = interrupted;
  // Loaded here: nobody else should pay for the client, which is large.
  const { openImport } = await import('../adapters/eventstoredb/import.ts');
  const target = openImport(targetUrl);
  try {
    const database = await openDatabase({
      url: config.databaseUrl,
      ownerUrl: config.databaseOwnerUrl,
      dataFolder: config.dataFolder,
      log: createLog({ file: null, level: 'warn' }),
      say,
      signal,
    });
    const store = createPostgresEventStore(database.pool);
    const source = { ...store, hidesEvents: () => hidesEvents(database.pool) };
    try {
      const { copied, events, streams } = await copyEvents({ source, target, sha256, onProgress, signal });
      console.log(`Copied ${copied} events; both stores hold the same ${events} events in ${streams} streams.`);
    } finally {
      await store.close();
      await database.stop();
    }
  } finally {
    await target.close();
  }
}

let toldAt = performance.now();
function onProgress(step: string, events: number): void {
  if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
  toldAt = performance.now();
  say(`${step} ${events} events ...`);
}

try {
  await copy();
} catch (error) {
  console.error(`events:copy: ${(error as Error).message}`);
  process.exitCode = 1;
}
