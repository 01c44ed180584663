import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createTestDatabase } from '../../../test/support/postgres.ts';
import type { TestDatabase } from '../../../test/support/postgres.ts';
import { put, sample } from '../../application/ports/event-store-samples.suite.ts';
import { createPostgresEventStore, createPromptReader } from './event-store.ts';
import type { PostgresEventStore } from './event-store.ts';
import { createPool } from './pool.ts';

let database: TestDatabase;
let pool: Pool;
let store: PostgresEventStore;
let reader: ReturnType<typeof createPromptReader>;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 2 });
  store = createPostgresEventStore(pool);
  reader = createPromptReader(pool);
});
afterAll(async () => {
  await reader.close();
  await store.close();
  await pool.end();
  await database.close();
});

it('reads what the store has, while all its connections are busy', async () => {
  const event = sample();
  await put(store, 's', [event]);
  const busy: PoolClient[] = [await pool.connect(), await pool.connect()];
  try {
    expect(await reader.readStream('s')).toMatchObject([{ id: event.id, revision: 0 }]);
    expect(await reader.readStream('s', { from: 1 })).toEqual([]);
  } finally {
    for (const client of busy) client.release();
  }
});

it('says within a second or so that it can not read', async () => {
  const owner = createPool(database.url, { max: 1, role: 'owner' });
  const lock = await owner.connect();
  try {
    await lock.query('begin; lock table events in access exclusive mode');
    const asked = performance.now();
    await expect(reader.readStream('s')).rejects.toThrow();
    expect(performance.now() - asked).toBeLessThan(5_000);
  } finally {
    await lock.query('rollback');
    lock.release();
    await owner.end();
  }
  expect(await reader.readStream('s')).toHaveLength(1);
});
