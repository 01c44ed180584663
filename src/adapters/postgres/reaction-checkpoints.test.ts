import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { createTestDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { START } from '../../application/ports/event-store.ts';
import { Overtaken } from '../../application/ports/leases.ts';
import { createPool } from './pool.ts';
import { createCheckpoints } from './reaction-checkpoints.ts';

let database: TestDatabase;
let pool: Pool;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url);
});
afterEach(async () => {
  await pool.end();
  await database.close();
});

it('a reaction goes on where it was saved last, each by itself', async () => {
  const checkpoints = createCheckpoints(pool);
  expect(await checkpoints.load('book-fills')).toBe(START);
  await checkpoints.save('book-fills', '0007', 1);
  await checkpoints.save('order-desk', '0003', 1);
  await checkpoints.save('book-fills', '0009', 1);
  expect(await createCheckpoints(pool).load('book-fills')).toBe('0009');
  expect(await checkpoints.load('order-desk')).toBe('0003');
});

it('an owner of former times moves nothing once a later one has', async () => {
  const checkpoints = createCheckpoints(pool);
  await checkpoints.save('book-fills', '0007', 4);
  await checkpoints.save('book-fills', '0008', 5);
  await expect(checkpoints.save('book-fills', '0009', 4)).rejects.toThrow(Overtaken);
  expect(await checkpoints.load('book-fills')).toBe('0008');
});

it('on another event store a reaction begins anew, and finds its place when it comes back', async () => {
  await createCheckpoints(pool).save('book-fills', '0007', 1);
  const other = createCheckpoints(pool, 'another store');
  expect(await other.load('book-fills')).toBe(START);
  await other.save('book-fills', '0001', 2);
  expect(await other.load('book-fills')).toBe('0001');
  expect(await createCheckpoints(pool).load('book-fills')).toBe('0007');
});
