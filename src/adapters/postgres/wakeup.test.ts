import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { ids, put, sample } from '../../application/ports/event-store-samples.suite.ts';
import { START } from '../../application/ports/event-store.ts';
import { createPostgresEventStore, type PostgresEventStore } from './event-store.ts';
import { createPool } from './pool.ts';

const LISTENERS = `select pid from pg_stat_activity where query like 'listen %' and datname = current_database()`;

async function listeners(pool: Pool): Promise<readonly number[]> {
  return (await pool.query<{ pid: number }>(LISTENERS)).rows.map(({ pid }) => pid);
}

async function untilListening(pool: Pool): Promise<number> {
  for (;;) {
    const [pid] = await listeners(pool);
    if (pid !== undefined) return pid;
  }
}

/** One event after another from `store`, as ids. */
async function* follow(store: PostgresEventStore, signal: AbortSignal): AsyncGenerator<string> {
  for await (const batch of store.subscribe(START, signal)) yield* ids(batch);
}

describe('a subscriber in another process', () => {
  let opened: TestStore;
  let pool: Pool;
  let stop: AbortController;
  beforeEach(async () => {
    opened = await openTestStore();
    pool = createPool(opened.url);
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await pool.end();
    await opened.close();
  });

  it('is woken by notification alone', async () => {
    const other = createPostgresEventStore(pool, { pollMs: 3_600_000 });
    const following = follow(other, stop.signal);
    const first = following.next();
    await untilListening(opened.owner);
    for (let times = 0; times < 20; times += 1) {
      const event = sample();
      await put(opened.store, 's', [event]);
      const next = times === 0 ? first : following.next();
      expect((await next).value).toBe(event.id);
    }
    await other.close();
  });

  it('finds by itself what no notification told, and listens again', async () => {
    const errors: unknown[] = [];
    const other = createPostgresEventStore(pool, { pollMs: 20, onError: (error) => errors.push(error) });
    const following = follow(other, stop.signal);
    const first = following.next();
    const before = await untilListening(opened.owner);
    await opened.owner.query('select pg_terminate_backend($1)', [before]);
    while ((await listeners(opened.owner)).includes(before));
    const event = sample();
    await put(opened.store, 's', [event]);
    expect((await first).value).toBe(event.id);
    expect(await untilListening(opened.owner)).not.toBe(before);
    expect(errors).not.toEqual([]);
    await other.close();
  });

  it('goes on where it was after its reads have failed', async () => {
    let failed = (): void => {};
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const other = createPostgresEventStore(pool, { onError: () => failed() });
    await put(opened.store, 's', [sample()]);
    const following = follow(other, stop.signal);
    await following.next();
    await opened.owner.query('alter table events rename to away');
    const next = following.next();
    await failure;
    await opened.owner.query('alter table away rename to events');
    const event = sample();
    await put(opened.store, 's', [event]);
    expect((await next).value).toBe(event.id);
    await other.close();
  });
});
