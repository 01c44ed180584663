/** The database: the one that was named, or an embedded one of our own. */
import type { Pool } from 'pg';
import { assertDurable } from '../adapters/postgres/durability.ts';
import { migrate } from '../adapters/postgres/migrate.ts';
import { createPool } from '../adapters/postgres/pool.ts';
import type { Log } from '../application/ports/log.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { StartupError } from './startup-error.ts';

export interface Database {
  readonly pool: Pool;
  stop(): Promise<void>;
}

/** Brought to the newest schema. Throws StartupError when it can not be reached, or would not keep what it promised. */
export async function openDatabase(
  databaseUrl: string | null,
  dataFolder: string,
  log: Log,
  say: (line: string) => void,
): Promise<Database> {
  const embedded = databaseUrl === null ? await startEmbeddedPostgres({ dataDir: dataFolder, onProgress: say }) : null;
  const url = databaseUrl ?? embedded?.url ?? '';
  try {
    await migrate(url);
    const pool = createPool(url, {
      onError: (error) => log.warn('a database connection broke', { error: error.message }),
    });
    await assertDurable(pool);
    return {
      pool,
      async stop() {
        await pool.end();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    const reason = error instanceof AggregateError ? String(error.errors[0]) : (error as Error).message;
    throw new StartupError(`the database ${withoutPassword(url)} can not be used: ${reason}`);
  }
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.toString();
}
