/** The database: the one that was named, or an embedded one of our own. */
import type { Pool } from 'pg';
import { assertAppendOnly } from '../adapters/postgres/append-only.ts';
import { assertDurable } from '../adapters/postgres/durability.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { createPool } from '../adapters/postgres/pool.ts';
import { assertOwnTransactionIds } from '../adapters/postgres/transaction-ids.ts';
import type { Log } from '../application/ports/log.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { StartupError } from './startup-error.ts';

export interface Database {
  readonly pool: Pool;
  /** Its address, with the user and the password of the owner. */
  readonly ownerUrl: string;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Null for the embedded one. */
  readonly url: string | null;
  /** Who may change the schema of the named one; null: the same. */
  readonly ownerUrl: string | null;
  readonly dataFolder: string;
  readonly log: Log;
  readonly say: (line: string) => void;
  /** Ends the start: what was started is stopped, and the signal's reason thrown. */
  readonly signal: AbortSignal;
}

/** Brought to the newest schema. Throws StartupError when it can not be reached, or would not keep what it promised. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url: named, ownerUrl, dataFolder, log, say, signal } = options;
  const embedded = named === null ? await startEmbeddedPostgres({ dataDir: dataFolder, onProgress: say }) : null;
  const url = named ?? embedded?.url ?? '';
  let isEnding = false;
  const pool = createPool(url, {
    onError: (error) => {
      if (!isEnding) log.warn('a database connection broke', { error: error.message });
    },
  });
  const stop = async (): Promise<void> => {
    isEnding = true;
    await pool.end();
    await embedded?.stop();
  };
  try {
    signal.throwIfAborted();
    await migrate(ownerUrl ?? url);
    await assertDurable(pool);
    await assertAppendOnly(pool);
    await assertOwnTransactionIds(pool);
    return { pool, ownerUrl: ownerUrl ?? url, stop };
  } catch (error) {
    await stop();
    signal.throwIfAborted();
    const reason = error instanceof AggregateError ? String(error.errors[0]) : (error as Error).message;
    throw new StartupError(`the database ${withoutPassword(url)} can not be used: ${reason}`);
  }
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.toString();
}
