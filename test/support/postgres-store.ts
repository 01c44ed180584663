import type { Pool } from 'pg';

import { createPostgresEventStore, type PostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { createTestDatabase } from './postgres.ts';

export interface TestStore {
  readonly url: string;
  readonly pool: Pool;
  readonly store: PostgresEventStore;
  close(): Promise<void>;
}

/** An event store in a new, migrated database of its own. */
export async function openTestStore(): Promise<TestStore> {
  const database = await createTestDatabase();
  await migrate(database.url);
  const pool = createPool(database.url, { max: 16 });
  const store = createPostgresEventStore(pool);
  return {
    url: database.url,
    pool,
    store,
    async close() {
      await store.close();
      await pool.end();
      await database.close();
    },
  };
}
