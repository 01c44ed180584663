/** The read models as a whole: what the start does with them, and the programs that rebuild and verify them. */
import type { Pool } from 'pg';
import { createLog } from '../adapters/node/log.ts';
import type { StreamQuarantined } from '../adapters/postgres/projections/quarantine.ts';
import { areUpToDate, bringUpToDate, RebuildRefused } from '../adapters/postgres/rebuild.ts';
import type { RebuildOptions } from '../adapters/postgres/rebuild.ts';
import { AlreadyBuilding } from '../adapters/postgres/rebuild/only-one.ts';
import { VIEWS } from '../adapters/postgres/views/all.ts';
import { CATALOGUE } from '../adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../adapters/stored-events/evolving-store.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import { readConfig } from './config.ts';
import { ensureDataFolder } from './data-folder.ts';
import { openDatabase } from './database.ts';
import { openEventLog } from './event-log.ts';
import type { EventLog } from './event-log.ts';
import { createRebuildProgress } from './rebuild-progress.ts';
import type { RebuildProgress } from './rebuild-progress.ts';
import { StartupError } from './startup-error.ts';

export interface ReadModelParts {
  readonly pool: Pool;
  /** The database's, with the owner's user and password. */
  readonly ownerUrl: string;
  /** The name of the store. */
  readonly log: EventLog['name'];
  readonly store: EventStore;
  readonly signal: AbortSignal;
}

/** Makes the read models those of this release, before it serves; says so when that takes a while. */
export async function prepareReadModels(parts: ReadModelParts, say: (line: string) => void): Promise<void> {
  if (await areUpToDate(parts.pool, parts.log, VIEWS)) return;
  const { options, progress } = await rebuilding(parts, (line) => say(`read models: ${line}`));
  let told = false;
  const outcome = await bringUpToDate(options, () => {
    if (!told) say('another process rebuilds the read models ...');
    told = true;
  });
  if (outcome !== 'nothing to do') say(`the read models ${WORDS[outcome]}: ${progress.summary()}`);
}

const WORDS = { rebuilt: 'are rebuilt for this release', 'went back': 'went back to the previous ones' } as const;

async function rebuilding(
  { pool, ownerUrl, log, store, signal }: ReadModelParts,
  say: (line: string) => void,
): Promise<{ readonly options: RebuildOptions; readonly progress: RebuildProgress }> {
  const progress = createRebuildProgress(log === 'postgres' ? await countEvents(pool) : null, say);
  const options: RebuildOptions = {
    url: ownerUrl,
    store,
    log,
    views: VIEWS,
    signal,
    onApplied: (events) => progress.add(events),
    onQuarantined: (error: StreamQuarantined) => say(error.message),
  };
  return { options, progress };
}

async function countEvents(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::integer as count from events');
  return rows[0]?.count ?? 0;
}

/**
 * A program about the read models, while the product may be running: opens the database that the environment names and
 * sets the exit code to what `work` gives, or to 1 with one line for what the caller can understand.
 */
export async function runReadModelProgram(
  work: (options: RebuildOptions, progress: RebuildProgress) => Promise<number>,
): Promise<void> {
  const say = (line: string): void => console.error(`  ${line}`);
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupted.abort(new StartupError('interrupted; the read models are as they were')));
  }
  const { signal } = interrupted;
  try {
    const config = readConfig(process.env, process.cwd());
    ensureDataFolder(config.dataFolder);
    const log = createLog({ file: null, level: config.logLevel });
    const database = await openDatabase({
      url: config.databaseUrl,
      ownerUrl: config.databaseOwnerUrl,
      dataFolder: config.dataFolder,
      log,
      say,
      signal,
    });
    try {
      const eventLog = await openEventLog(config.eventStoreDbUrl, database.pool, log, 'refuse');
      const store = createEvolvingStore(eventLog.store, { catalogue: CATALOGUE, log });
      try {
        const { options, progress } = await rebuilding({ ...database, log: eventLog.name, store, signal }, say);
        process.exitCode = await work(options, progress);
      } finally {
        await eventLog.close();
      }
    } finally {
      await database.stop();
    }
  } catch (error) {
    const isClear =
      error instanceof StartupError || error instanceof RebuildRefused || error instanceof AlreadyBuilding;
    if (!isClear) throw error;
    console.error(`tradsy: ${error.message}`);
    process.exitCode = 1;
  }
}
