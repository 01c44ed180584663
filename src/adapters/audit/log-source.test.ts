import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { put, samples } from '../../application/ports/event-store-samples.suite.ts';
import { EventsHidden, eventsOf, type LogSource } from './log-source.ts';
import { postgresSource } from '../postgres/log-source.ts';

let opened: TestStore;
beforeEach(async () => {
  opened = await openTestStore();
});
afterEach(() => opened.close());

async function count(source: LogSource, patienceMs?: number): Promise<number> {
  let events = 0;
  for await (const batch of eventsOf(source, patienceMs)) events += batch.length;
  return events;
}

/** Stores 3 events, and 2 more behind a writing transaction that stays open while `work` is done. */
async function behindOpenTransaction<T>(work: (end: () => Promise<unknown>) => Promise<T>): Promise<T> {
  await put(opened.store, 's', samples(3));
  const open = await opened.owner.connect();
  try {
    await open.query('begin; select pg_current_xact_id()');
    await put(opened.store, 's', samples(2));
    return await work(() => open.query('commit'));
  } finally {
    open.release(true);
  }
}

it('has the newest events too, when they are hidden for a while behind an open transaction', async () => {
  const source = postgresSource(opened.pool);
  const read = await behindOpenTransaction((end) =>
    count({
      ...source,
      hidesEvents: async () => {
        const hides = await source.hidesEvents();
        await end();
        return hides;
      },
    }),
  );
  expect(read).toBe(5);
});

it('has those that come into sight between an empty page and the question', async () => {
  const source = postgresSource(opened.pool);
  const read = await behindOpenTransaction((end) =>
    count({ ...source, hidesEvents: async () => end().then(source.hidesEvents) }),
  );
  expect(read).toBe(5);
});

it('does not take an end for the end while events stay hidden', async () => {
  const reading = behindOpenTransaction(() => count(postgresSource(opened.pool), 100));
  await expect(reading).rejects.toThrow(EventsHidden);
});
