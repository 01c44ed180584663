/** The log that the settings name, for programs that only read it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogSource } from '../../adapters/audit/log-source.ts';
import { readStoredEvents } from '../../adapters/postgres/stored-events.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../database.ts';
import { StartupError } from '../startup-error.ts';

/** The name of a log in Postgres, as heads carry it. */
export const POSTGRES = 'postgres';

export interface OpenLog {
  readonly source: LogSource;
  stop(): Promise<void>;
}

/** Throws StartupError when it can not be reached, and where there has never been one. */
export async function openLog(config: Config, say: (line: string) => void, signal: AbortSignal): Promise<OpenLog> {
  const { databaseUrl, dataFolder } = config;
  if (databaseUrl === null && !existsSync(join(dataFolder, 'postgres'))) {
    throw new StartupError(`there is no log in ${dataFolder}: set TRADSY_DATA, or DATABASE_URL`);
  }
  const tell = (message: string, facts?: Readonly<Record<string, unknown>>): void =>
    say(`${message} ${JSON.stringify(facts ?? {})}`);
  const { pool, stop } = await openDatabase({
    url: databaseUrl,
    ownerUrl: config.databaseOwnerUrl,
    dataFolder,
    log: { info: tell, warn: tell, alarm: tell },
    say,
    signal,
  });
  return { source: { name: POSTGRES, readAfter: (after, limit) => readStoredEvents(pool, after, limit) }, stop };
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
