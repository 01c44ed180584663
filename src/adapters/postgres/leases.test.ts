import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createTestDatabase } from '../../../test/support/postgres.ts';
import type { TestDatabase } from '../../../test/support/postgres.ts';
import { severableConnection } from '../../../test/support/severable-connection.ts';
import { aborted, leasesSuite, taken } from '../../application/ports/leases.suite.ts';
import type { Leases } from '../../application/ports/leases.ts';
import { createLeases, isHeld } from './leases.ts';
import { createPool } from './pool.ts';

async function openLeases() {
  const database: TestDatabase = await createTestDatabase();
  const pools: Pool[] = [];
  const told: string[] = [];
  const another = (url = database.url, holder = 'a test'): Leases => {
    const pool = createPool(url, { max: 1 });
    pools.push(pool);
    return createLeases(pool, { holder, onLost: (name, why) => void told.push(`${name}: ${why}`) });
  };
  return {
    database,
    told,
    another,
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
      await database.close();
    },
  };
}

leasesSuite('Postgres', openLeases);

describe('a lease on Postgres', () => {
  let opened: Awaited<ReturnType<typeof openLeases>>;
  let owner: Pool;
  beforeEach(async () => {
    opened = await openLeases();
    owner = createPool(opened.database.url, { max: 1, role: 'owner' });
  });
  afterEach(async () => {
    await owner.end();
    await opened.close();
  });

  it('says who had it last', async () => {
    const lease = await taken(opened.another(opened.database.url, 'north:17'));
    const { rows } = await owner.query('select name, fence, holder from leases');
    expect(rows).toEqual([{ name: 'order-desk', fence: '1', holder: 'north:17' }]);
    await lease.release();
  });

  it('can be seen to be held, and taken all the same once it is free', async () => {
    expect(await isHeld(owner, 'order-desk')).toBe(false);
    const lease = await taken(opened.another());
    expect([await isHeld(owner, 'order-desk'), await isHeld(owner, 'heads')]).toEqual([true, false]);
    await lease.release();
    expect(await isHeld(owner, 'order-desk')).toBe(false);
    await (await taken(opened.another())).release();
  });

  it('of a holder whose session ends is lost, and the next one has it at once', async () => {
    const lease = await taken(opened.another());
    const next = taken(opened.another());
    const start = performance.now();
    await owner.query(`select pg_terminate_backend(pid) from pg_locks
                       where locktype = 'advisory' and granted and database = (
                         select oid from pg_database where datname = current_database())`);
    await aborted(lease.signal);
    const heir = await next;
    expect(performance.now() - start).toBeLessThan(1_000);
    expect([lease.fence, heir.fence]).toEqual([1, 2]);
    expect(opened.told).toHaveLength(1);
    await Promise.all([lease.release(), heir.release()]);
  });

  it('of a holder that is cut off is lost before the next one has it, which is within five seconds', async () => {
    const way = await severableConnection(opened.database.url);
    const lease = await taken(opened.another(way.url));
    const seen: string[] = [];
    const lost = aborted(lease.signal).then(() => seen.push('lost'));
    const next = taken(opened.another()).then((heir) => {
      seen.push('taken');
      return heir;
    });
    const start = performance.now();
    way.cut();
    const heir = await next;
    expect(performance.now() - start).toBeLessThan(5_000);
    await lost;
    expect(seen).toEqual(['lost', 'taken']);
    expect(opened.told).toEqual(['order-desk: the database did not answer in time']);
    await Promise.all([lease.release(), heir.release()]);
    await way.close();
  });

  it('is kept for as long as the holder lives, and lost to one who took it past the lock', async () => {
    const lease = await taken(opened.another());
    // Longer than the server keeps a session that says nothing.
    const ending = new AbortController();
    const waiting = opened.another().take('order-desk', ending.signal);
    await owner.query('select pg_sleep(3.5)');
    expect(lease.signal.aborted).toBe(false);
    ending.abort();
    expect(await waiting).toBeNull();
    await owner.query('update leases set fence = fence + 1');
    await aborted(lease.signal);
    expect(opened.told).toEqual(['order-desk: another one has taken it']);
    await lease.release();
  });
});
