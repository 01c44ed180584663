import { fileURLToPath } from 'node:url';

import { runner } from 'node-pg-migrate';
import { Client } from 'pg';

/** Beside this file in the sources, and beside the bundle once built. */
const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings the database to the newest schema. Processes that start at the same time wait for one another; all pending
 * migrations are applied together or not at all. Throws when the database cannot be reached or a migration fails. Its
 * connection is closed when it returns.
 *
 * @param upTo how many of the migrations to apply, the oldest first: all, but for tests of a migration.
 */
export async function migrate(url: string, upTo = Infinity): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'tradsy-migrate',
    connectionTimeoutMillis: 5_000,
  });
  // A broken connection fails the statement under way; the event besides it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      migrationsTable: 'migrations',
      direction: 'up',
      count: upTo,
      advisoryLockMode: 'wait',
      log: () => {},
    });
  } finally {
    await client.end();
  }
}
