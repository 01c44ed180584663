/** The log that the settings name, for programs that only read it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sourceOf } from '../../adapters/audit/log-source.ts';
import type { LogSource } from '../../adapters/audit/log-source.ts';
import { createLog } from '../../adapters/node/log.ts';
import { takeCensus } from '../../adapters/postgres/census.ts';
import { postgresSource } from '../../adapters/postgres/log-source.ts';
import { createPool } from '../../adapters/postgres/pool.ts';
import type { Config } from '../config.ts';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { openEventStoreDb } from '../event-log.ts';
import { StartupError } from '../startup-error.ts';

export interface OpenLog {
  readonly source: LogSource;
  stop(): Promise<void>;
}

/** Counting all events takes a second for some millions. */
const COUNT_WITHIN_MS = 10 * 60_000;

/**
 * Changes nothing, not even an old schema. Throws StartupError when the log can not be reached, and where there has never
 * been one; reading from it does so too when the database fails.
 */
export async function openLog(config: Config, say: (line: string) => void): Promise<OpenLog> {
  const { databaseUrl, dataFolder, eventStoreDbUrl } = config;
  if (eventStoreDbUrl !== null) {
    const { name, store, close } = await openEventStoreDb(eventStoreDbUrl, createLog({ file: null, level: 'warn' }));
    return { source: sourceOf(name, store), stop: close };
  }
  if (databaseUrl === null && !existsSync(join(dataFolder, 'postgres'))) {
    throw new StartupError(`there is no log in ${dataFolder}: set TRADSY_DATA, or DATABASE_URL`);
  }
  const embedded = databaseUrl === null ? await startEmbeddedPostgres({ dataDir: dataFolder, onProgress: say }) : null;
  const pool = createPool(databaseUrl ?? embedded?.url ?? '', {
    applicationName: 'tradsy-audit',
    max: 1,
    statementMs: COUNT_WITHIN_MS,
  });
  const source = postgresSource(pool);
  let isTold = false;
  return {
    source: {
      name: source.name,
      readAfter: (after, limit) => source.readAfter(after, limit).catch(unreadable),
      async hidesEvents() {
        const hides = await source.hidesEvents().catch(unreadable);
        if (hides && !isTold) say('waiting for a transaction of the server to end, which hides the newest events ...');
        isTold ||= hides;
        return hides;
      },
      census: (upTo) => takeCensus(pool, upTo).catch(unreadable),
    },
    async stop() {
      await pool.end();
      await embedded?.stop();
    },
  };
}

function unreadable(error: unknown): never {
  const reason = error instanceof AggregateError ? String(error.errors[0]) : (error as Error).message;
  throw new StartupError(`the log can not be read: ${reason}`);
}

/** Rejects with the reason when the signal aborts before the work is done. */
export function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject);
  });
}
