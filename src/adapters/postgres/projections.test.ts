import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { ids, put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import { START, type RecordedEvent } from '../../application/ports/event-store.ts';
import { runProjections, type Projections } from './projections.ts';
import type { View } from './projections/view.ts';
import { inTransaction } from './transaction.ts';

/** Writes down, for each stream, the events in the order they were applied: twice or out of order would show. */
const diary: View = {
  name: 'diary',
  version: 1,
  tables: ['diary'],
  types: ['Noted'],
  async apply(tx, events) {
    for (const event of events) {
      await tx.query(
        `insert into diary (stream, entries) values ($1, $2)
         on conflict (stream) do update set entries = diary.entries || excluded.entries`,
        [event.stream, `${event.id} `],
      );
    }
  },
};

const tally: View = {
  name: 'tally',
  version: 1,
  tables: ['tally'],
  types: ['Noted'],
  async apply(tx, events) {
    await tx.query('insert into tally values (1, $1) on conflict (id) do update set count = tally.count + excluded.count', [
      events.length,
    ]);
  },
};

const VIEWS = [diary, tally];

describe('the projection loop', () => {
  let opened: TestStore;
  let stop: AbortController;
  const errors: [unknown, RecordedEvent | undefined][] = [];

  beforeEach(async () => {
    opened = await openTestStore();
    await opened.owner.query(`create table diary (stream text primary key, entries text not null);
      create table tally (id integer primary key, count integer not null)`);
    stop = new AbortController();
    errors.length = 0;
  });
  afterEach(async () => {
    stop.abort();
    await opened.close();
  });

  function start(views = VIEWS, onApplied?: (events: readonly RecordedEvent[]) => void): Projections {
    const onError = (error: unknown, event: RecordedEvent | undefined): void => {
      errors.push([error, event]);
    };
    return runProjections({ ...opened, views, signal: stop.signal, onError, ...(onApplied && { onApplied }) });
  }

  /** Aborts the running loop, waits for its end, and makes ready for the next. */
  async function stopped(running: Projections): Promise<void> {
    stop.abort();
    await running.done;
    stop = new AbortController();
  }

  it('applies each event once, in order, and tells when a position is applied', async () => {
    const running = start();
    const events = samples(5);
    for (const event of events) {
      const position = await put(opened.store, 's', [event]);
      expect(await running.waitUntilApplied(position, 5_000)).toBe(true);
      expect((await rows(opened.pool)).count).toBe(events.indexOf(event) + 1);
    }
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(errors).toEqual([]);
  });

  it('passes over what no view takes note of', async () => {
    const running = start();
    const position = await put(opened.store, 's', [sample('Ignored'), sample('Ignored')]);
    expect(await running.waitUntilApplied(position, 5_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual({ entries: [], count: 0 });
  });

  it('says so when a position is not applied in time', async () => {
    const running = start();
    await put(opened.store, 's', [sample()]);
    expect(await running.waitUntilApplied('9', 10)).toBe(false);
  });

  it('stopped and started again at any moment under load: the views equal the fold', async () => {
    const writing: Promise<string>[] = [];
    for (let times = 0; times < 20; times += 1) {
      let begun = (): void => {};
      const applying = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const running = start(VIEWS, () => begun());
      writing.push(write(opened, 3, 5));
      await applying;
      await stopped(running);
    }
    const running = start();
    for (const last of writing) expect(await running.waitUntilApplied(await last, 10_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(errors).toEqual([]);
  });

  it('its connection killed in the middle of a transaction: the views equal the fold', async () => {
    let turn = 0;
    const deadly: View = {
      ...diary,
      async apply(tx, events) {
        await diary.apply(tx, events);
        turn += 1;
        if (turn % 30 === 0) await tx.query('select pg_terminate_backend(pg_backend_pid())');
      },
    };
    const running = start([deadly, tally]);
    expect(await running.waitUntilApplied(await write(opened, 3, 50), 20_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(errors.length).toBeGreaterThan(0);
  });

  it('two loops at once: the views equal the fold, and both tell of every event once', async () => {
    const told: RecordedEvent[][] = [[], []];
    const loops = told.map((events) => start(VIEWS, (applied) => events.push(...applied)));
    const first = await put(opened.store, 'first', samples(1, 'first'));
    for (const loop of loops) expect(await loop.waitUntilApplied(first, 10_000)).toBe(true);
    for (const events of told) events.length = 0;
    const last = await write(opened, 4, 80);
    for (const loop of loops) expect(await loop.waitUntilApplied(last, 10_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(ids(told[0]!)).toEqual(ids(told[1]!));
    expect(told[0]).toHaveLength(321);
    expect(errors).toEqual([]);
  });

  it('an event that fails is reported and tried again, what came before it is kept, nothing is skipped', async () => {
    const events = samples(6);
    let mended = false;
    const brittle: View = {
      ...diary,
      async apply(tx, event) {
        await diary.apply(tx, event);
        if (event.id === events[3]!.id && !mended) throw new Error('cannot apply this');
      },
    };
    const last = await put(opened.store, 's', events);
    const running = start([brittle, tally]);
    const [, , before] = await opened.store.readStream('s');
    expect(await running.waitUntilApplied(before!.position, 5_000)).toBe(true);
    expect(await running.waitUntilApplied(last, 200)).toBe(false);
    expect((await rows(opened.pool)).count).toBe(3);
    for (const [error, event] of errors) {
      expect(error).toMatchObject({ message: 'cannot apply this' });
      expect(event?.id).toBe(events[3]!.id);
    }
    expect(errors.length).toBeGreaterThan(1);
    mended = true;
    expect(await running.waitUntilApplied(last, 10_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
  });

  it('the checkpoint set back under a running loop: it begins anew, and the views equal what they were', async () => {
    const running = start();
    const last = await write(opened, 2, 40);
    expect(await running.waitUntilApplied(last, 10_000)).toBe(true);
    const live = await rows(opened.pool);
    await setBack(opened.owner);
    const next = await put(opened.store, 'other', [sample('Ignored', {}, 'other')]);
    expect(await running.waitUntilApplied(next, 10_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual(live);
  });

  it('a view in a new version is filled again from the start, and the loop of the old one stands aside', async () => {
    const old = start();
    const last = await write(opened, 2, 20);
    expect(await old.waitUntilApplied(last, 10_000)).toBe(true);
    const renewed = start([diary, { ...tally, version: 2 }]);
    expect(await renewed.waitUntilApplied(last, 10_000)).toBe(true);
    expect(await renewed.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(String(errors[0]?.[0])).toContain('another release');
  });
});

/** What two releases with other versions of the views do to one another's loops when they start in turns. */
async function setBack(pool: Pool): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await tx.query('update projection_checkpoints set position = $1', [START]);
    await tx.query('truncate diary, tally');
  });
}

interface Rows {
  readonly entries: readonly { stream: string; entries: string }[];
  readonly count: number;
}

async function rows(pool: Pool): Promise<Rows> {
  const entries = await pool.query<{ stream: string; entries: string }>('select * from diary order by stream');
  const counted = await pool.query<{ count: number }>('select count from tally');
  return { entries: entries.rows, count: counted.rows[0]?.count ?? 0 };
}

/** What the views must hold: every stream's events, in their order. */
async function fold({ pool, store }: TestStore): Promise<Rows> {
  const { rows: streams } = await pool.query<{ stream: string }>(
    `select distinct stream from events where type = 'Noted' order by stream`,
  );
  const noted = await Promise.all(
    streams.map(async ({ stream }) => {
      const events = (await store.readStream(stream)).filter(({ type }) => type === 'Noted');
      return { stream, events };
    }),
  );
  return {
    entries: noted.map(({ stream, events }) => ({ stream, entries: events.map(({ id }) => `${id} `).join('') })),
    count: noted.reduce((count, { events }) => count + events.length, 0),
  };
}

/** Several writers at once, then one event more, whose position it gives: nothing comes before it any more. */
async function write({ store }: TestStore, writers: number, events: number): Promise<string> {
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let times = 0; times < events; times += 1) await put(store, `s-${writer}`, samples(1, `s-${writer}`));
    }),
  );
  return put(store, 'last', [sample('Ignored', {}, 'last')]);
}
