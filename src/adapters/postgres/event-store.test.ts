import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { follow, ids, put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import { eventStoreSuite } from '../../application/ports/event-store.suite.ts';
import { START, type NewEvent } from '../../application/ports/event-store.ts';
import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { STORE_ONE } from './append.ts';

eventStoreSuite('Postgres', openTestStore);

describe('the Postgres event store', () => {
  let opened: TestStore;
  beforeEach(async () => {
    opened = await openTestStore();
  });
  afterEach(() => opened.close());

  it.each([
    ['update', `update events set type = 'Forged'`],
    ['delete', 'delete from events'],
    ['truncate', 'truncate events'],
  ])('refuses to %s what was stored', async (_, statement) => {
    const { pool, owner, store } = opened;
    await put(store, 's', [sample()]);
    await expect(pool.query(statement)).rejects.toThrow('permission denied');
    const client = await owner.connect();
    await expect(client.query(statement)).rejects.toThrow('append-only');
    await client.query('set session_replication_role = replica');
    await expect(client.query(statement)).rejects.toThrow('append-only');
    client.release(true);
    expect(await store.readStream('s')).toMatchObject([{ type: 'Noted' }]);
  });

  it('refuses an append after another write of the same transaction: its place in the order would be too early', async () => {
    const client = await opened.pool.connect();
    await client.query('begin');
    await client.query('select pg_current_xact_id()');
    const append = client.query(`select append_events('s', null, '{}', '{}', '{}', '{}')`);
    await expect(append).rejects.toThrow('first write');
    client.release(true);
  });

  it('shows nothing of what an older open transaction may still come before, and all of it afterwards', async () => {
    const { pool, store } = opened;
    const older = await pool.connect();
    await older.query('begin');
    await older.query('select pg_current_xact_id()');
    const events = samples(3);
    for (const event of events) await put(store, 's', [event]);
    const following = follow(store, START, 3);
    expect(await store.readAll(START, 10)).toEqual([]);
    expect(ids(await store.readStream('s'))).toEqual(ids(events));
    await older.query('rollback');
    older.release();
    expect(ids(await following)).toEqual(ids(events));
  });

  it('ends its subscriptions when it is closed', async () => {
    const following = opened.store.subscribe(START, new AbortController().signal)[Symbol.asyncIterator]();
    const next = following.next();
    await opened.store.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('reads no table from end to end for an append, even on a connection that planned it on an empty one', async () => {
    const { pool, store } = opened;
    const client = await pool.connect();
    const append = async (batch: readonly NewEvent[]): Promise<void> => {
      await client.query('select append_events($1, null, $2, $3, $4, $5)', [
        's',
        ids(batch),
        batch.map(({ type }) => type),
        batch.map(({ data }) => JSON.stringify(data)),
        batch.map(({ metadata }) => JSON.stringify(metadata)),
      ]);
    };
    const appendOne = async ({ id, type, data, metadata }: NewEvent): Promise<void> => {
      const values = ['s', null, id, type, JSON.stringify(data), JSON.stringify(metadata)];
      await client.query({ name: 'one', text: STORE_ONE, values });
    };
    const scanned = async (appending: () => Promise<void>): Promise<unknown> => {
      await client.query('begin');
      await appending();
      const { rows } = await client.query(
        `select pg_stat_get_xact_tuples_returned('events'::regclass)::int as scanned`,
      );
      await client.query('commit');
      return rows;
    };
    for (let times = 0; times < 10; times += 1) {
      const batch = samples(2);
      await append(batch);
      await append(batch);
      await appendOne(sample());
    }
    for (let stream = 0; stream < 10; stream += 1) await put(store, `s-${stream}`, samples(100, `s-${stream}`));
    const batch = samples(2);
    expect(await scanned(() => append(batch))).toEqual([{ scanned: 0 }]);
    expect(await scanned(() => append(batch))).toEqual([{ scanned: 0 }]);
    expect(await scanned(() => appendOne(sample()))).toEqual([{ scanned: 0 }]);
    client.release();
  });
});
