import { fileURLToPath } from 'node:url';

import { runner } from 'node-pg-migrate';

/** Beside this file in the sources, and beside the bundle once built. */
const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings the database to the newest schema. Processes that start at the same time wait for one another; all pending
 * migrations are applied together or not at all. Throws when the database cannot be reached or a migration fails.
 */
export async function migrate(url: string): Promise<void> {
  await runner({
    databaseUrl: { connectionString: url, application_name: 'tradsy-migrate', connectionTimeoutMillis: 5_000 },
    dir: MIGRATIONS,
    migrationsTable: 'migrations',
    direction: 'up',
    advisoryLockMode: 'wait',
    log: () => {},
  });
}
