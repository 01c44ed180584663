import type { Pool } from 'pg';

import { createPostgresEventStore, type PostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { createTestDatabase } from './postgres.ts';

export interface TestStore {
  readonly url: string;
  /** As the app. */
  readonly pool: Pool;
  /** As the owner, who may do everything. */
  readonly owner: Pool;
  readonly store: PostgresEventStore;
  close(): Promise<void>;
}

/** An event store in a new, migrated database of its own. */
export async function openTestStore(): Promise<TestStore> {
  const database = await createTestDatabase();
  await migrate(database.url);
  const pool = createPool(database.url, { max: 16 });
  const owner = createPool(database.url, { max: 2, role: 'owner' });
  const store = createPostgresEventStore(pool);
  return {
    url: database.url,
    pool,
    owner,
    store,
    async close() {
      await store.close();
      await Promise.all([pool.end(), owner.end()]);
      await database.close();
    },
  };
}
