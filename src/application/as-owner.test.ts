import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../../test/support/postgres.ts';
import type { TestDatabase } from '../../test/support/postgres.ts';
import { systemClock } from '../adapters/node/clock-and-ids.ts';
import { createLeases } from '../adapters/postgres/leases.ts';
import { createPool } from '../adapters/postgres/pool.ts';
import { asOwner } from './as-owner.ts';
import type { OwnersWork } from './as-owner.ts';
import { aborted } from './ports/leases.suite.ts';
import { Overtaken } from './ports/leases.ts';

let database: TestDatabase;
let pool: Pool;
let owner: Pool;
let ending: AbortController;
let running: Promise<void>[];
let log: string[];
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url);
  owner = createPool(database.url, { max: 1, role: 'owner' });
  ending = new AbortController();
  running = [];
  log = [];
});
afterEach(async () => {
  ending.abort();
  await Promise.all(running);
  await Promise.all([pool.end(), owner.end()]);
  await database.close();
});

/** A process that wants to be the owner; gives its fence when it becomes it. */
function candidate(work: OwnersWork, signal = ending.signal): Promise<number> {
  const tell = (message: string): void => void log.push(message);
  const needs = {
    leases: createLeases(pool, { holder: 'a test', onLost: () => undefined }),
    clock: systemClock,
    log: { info: () => undefined, warn: tell, alarm: tell },
  };
  return new Promise((resolve) => {
    const noted: OwnersWork = (fence, own) => {
      resolve(fence);
      return work(fence, own);
    };
    running.push(asOwner('order-desk', noted, needs, signal));
  });
}

/** Ends the sessions that hold leases. */
const endSessions = () =>
  owner.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
              and database = (select oid from pg_database where datname = current_database())`);

it('of two processes one works, and the other takes over when it stops, after its work has ended', async () => {
  const stopping = new AbortController();
  const steps: string[] = [];
  const first = await candidate(async (_fence, own) => {
    await aborted(own);
    await pool.query('select pg_sleep(0.1)');
    steps.push('the first has ended');
  }, stopping.signal);
  const second = candidate((_fence, own) => {
    steps.push('the second begins');
    return aborted(own);
  });
  const start = performance.now();
  stopping.abort();
  expect([first, await second]).toEqual([1, 2]);
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(steps).toEqual(['the first has ended', 'the second begins']);
  expect(log).toEqual([]);
});

it('who has lost the lease ends its work, and waits to be the owner again', async () => {
  const fences: number[] = [];
  let working = 0;
  let most = 0;
  const work: OwnersWork = async (fence, own) => {
    fences.push(fence);
    most = Math.max(most, (working += 1));
    await aborted(own);
    working -= 1;
  };
  await candidate(work);
  await endSessions();
  await expect.poll(() => fences, { timeout: 5_000 }).toEqual([1, 2]);
  expect(most).toBe(1);
  expect(log).toEqual(['this process is the owner no more']);
});

it.each([
  ['that throws', new Error('broken'), "an owner's part failed; trying again"],
  ['that was overtaken', new Overtaken('by 2'), 'another process is the owner'],
])('work %s is begun anew, and said to be', async (_, error, told) => {
  const fences: number[] = [];
  await candidate((fence, own) => {
    fences.push(fence);
    return fence === 1 ? Promise.reject(error) : aborted(own);
  });
  await expect.poll(() => fences, { timeout: 5_000 }).toEqual([1, 2]);
  expect(log).toEqual([told]);
});
