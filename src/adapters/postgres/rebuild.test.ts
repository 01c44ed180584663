import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TestStore } from '../../../test/support/postgres-store.ts';
import { put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { Catalogue } from '../stored-events/catalogue.ts';
import { createEvolvingStore } from '../stored-events/evolving-store.ts';
import { runProjections, type Projections } from './projections.ts';
import {
  ALL,
  diary,
  DIARIES,
  fold,
  NOTED,
  openDiaries,
  rows,
  tally,
  write,
  type Rows,
} from './projections/diary.suite.ts';
import type { View } from './projections/view.ts';
import { areUpToDate, bringUpToDate, goBack, rebuildViews, type RebuildOptions } from './rebuild.ts';
import { verifyViews } from './verify.ts';

/** Counts every event twice. */
const doubled: View = {
  ...tally,
  version: 2,
  apply: (tx, events) => tally.apply(tx, [...events, ...events]),
};
const NEXT_RELEASE = [diary, doubled];

describe('a rebuild', () => {
  let opened: TestStore;
  let stop: AbortController;
  const errors: unknown[] = [];

  beforeEach(async () => {
    opened = await openDiaries();
    stop = new AbortController();
    errors.length = 0;
  });
  afterEach(async () => {
    stop.abort();
    await opened.close();
  });

  const start = (views: readonly View[] = DIARIES): Projections =>
    runProjections({ ...opened, views, signal: stop.signal, onError: (error) => void errors.push(error) });

  const options = (changes: Partial<RebuildOptions> = {}): RebuildOptions => ({
    url: opened.url,
    store: opened.store,
    log: 'postgres',
    views: DIARIES,
    signal: new AbortController().signal,
    ...changes,
  });

  /** What each table is made of: it is another one after a switch. */
  async function tables(): Promise<Readonly<Record<string, string>>> {
    const { rows: found } = await opened.pool.query<{ diary: string; tally: string }>(
      `select 'diary'::regclass::oid::text as diary, 'tally'::regclass::oid::text as tally`,
    );
    return { ...found[0]! };
  }

  const differences = async (): Promise<number> =>
    (await verifyViews(options())).reduce((sum, one) => sum + one.differences, 0);

  it('gives the same rows while writers write and readers read, and the loop goes on with them', async () => {
    const running = start();
    expect(await running.waitUntilApplied(await write(opened, 4, 60), 20_000)).toBe(true);
    const [tablesBefore, shapeBefore] = [await tables(), await shape(opened.pool)];
    let reads = 0;
    let written = false;
    const reading = async (): Promise<void> => {
      while (!written) {
        const [entry] = (await rows(opened.pool)).entries;
        if (entry === undefined) throw new Error('a reader has found nothing');
        reads += 1;
      }
    };
    const writing = write(opened, 4, 60).finally(() => {
      written = true;
    });
    const rebuilding = async (): Promise<void> => {
      expect(await rebuildViews(options(), [])).toEqual(['diary', 'tally']);
      // Of one view alone: the others would show it if it came from another position than theirs.
      do expect(await rebuildViews(options(), ['tally'])).toEqual(['tally']);
      while (!written);
    };
    const [last] = await Promise.all([writing, rebuilding(), reading()]);
    expect(await running.waitUntilApplied(last, 20_000)).toBe(true);
    expect(reads).toBeGreaterThan(0);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(await differences()).toBe(0);
    const after = await tables();
    expect([after['diary'] === tablesBefore['diary'], after['tally'] === tablesBefore['tally']]).toEqual([
      false,
      false,
    ]);
    expect(await shape(opened.pool)).toEqual(shapeBefore);
    expect(errors).toEqual([]);
  });

  it('can be taken back, as often as one likes, with all that has happened since', async () => {
    const running = start();
    await expect(goBack(options())).rejects.toThrow('no previous read models');
    expect(await running.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
    const first = await tables();
    await rebuildViews(options(), ['tally']);
    expect((await tables())['diary']).toBe(first['diary']);
    for (let times = 0; times < 2; times += 1) {
      expect(await running.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
      expect(await goBack(options())).toEqual(['tally']);
      expect((await tables())['tally'] === first['tally']).toBe(times === 0);
      expect(await running.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
      expect(await rows(opened.pool)).toEqual(await fold(opened));
    }
    expect(errors).toEqual([]);
  });

  it('ended in the middle leaves the live rows as they are, and the next one begins anew', async () => {
    const running = start();
    for (let times = 0; times < 20; times += 1) await put(opened.store, `l-${times}`, samples(100, `l-${times}`));
    expect(await running.waitUntilApplied(await write(opened, 1, 5), 20_000)).toBe(true);
    const before = await tables();
    const ending = new AbortController();
    const ended = rebuildViews(options({ signal: ending.signal, onApplied: () => ending.abort() }), []);
    await expect(ended).rejects.toThrow('abort');
    expect(await tables()).toEqual(before);
    expect(await running.waitUntilApplied(await write(opened, 1, 5), 10_000)).toBe(true);
    await rebuildViews(options(), []);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(errors).toEqual([]);
  });

  it('refuses to run beside another one, and a view that nobody knows', async () => {
    await write(opened, 1, 5);
    const running = start();
    expect(await running.waitUntilApplied(await put(opened.store, 's', samples(1)), 10_000)).toBe(true);
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const slow: View = {
      ...tally,
      async apply(tx, events) {
        begin();
        await gate;
        await tally.apply(tx, events);
      },
    };
    const first = rebuildViews(options({ views: [diary, slow] }), []);
    await begun;
    await expect(rebuildViews(options(), [])).rejects.toThrow('rebuilt or verified by another process');
    await expect(rebuildViews(options(), ['tabby'])).rejects.toThrow('no view is called tabby: there are diary, tally');
    go();
    await first;
  });

  it('gives up streams in a quarantine of its own, which takes the place of the live one', async () => {
    const poisoned = (stream: string): View => ({
      ...diary,
      async apply(tx, events) {
        await diary.apply(tx, events);
        if (events.some((event) => event.stream === stream)) throw new Error('not this one');
      },
    });
    const running = start([poisoned('s-1'), tally]);
    expect(await running.waitUntilApplied(await write(opened, 3, 10), 10_000)).toBe(true);
    expect(await running.quarantined()).toMatchObject([{ view: 'diary', stream: 's-1' }]);
    await rebuildViews(options({ views: [poisoned('s-2'), tally] }), []);
    expect(await running.quarantined()).toMatchObject([{ view: 'diary', stream: 's-2' }]);
    await rebuildViews(options(), []);
    expect(await running.quarantined()).toEqual([]);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
  });

  describe('at the start of a release', () => {
    const never = (): void => {
      throw new Error('nobody else is at it');
    };

    it('builds what has changed; the older release stands aside, and going back to it is quick', async () => {
      const old = start();
      expect(await old.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
      const before = await tables();
      expect(await bringUpToDate(options(), never)).toBe('nothing to do');

      expect(await areUpToDate(opened.pool, 'postgres', NEXT_RELEASE)).toBe(false);
      expect(await bringUpToDate(options({ views: NEXT_RELEASE }), never)).toBe('rebuilt');
      expect((await tables())['diary']).toBe(before['diary']);
      const renewed = start(NEXT_RELEASE);
      expect(await renewed.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
      const whole = await fold(opened);
      expect(await rows(opened.pool)).toEqual({ ...whole, count: whole.count * 2 });
      await expect.poll(() => String(errors[0])).toContain('another release');
      await expect(goBack(options({ views: NEXT_RELEASE }))).rejects.toThrow(`another release's (postgres: tally@1)`);

      let applied = 0;
      const counted = options({ onApplied: (events) => (applied += events) });
      expect(await bringUpToDate(counted, never)).toBe('went back');
      expect(await tables()).toEqual(before);
      expect(applied).toBeLessThan(100);
      expect(await old.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
      expect(await rows(opened.pool)).toEqual(await fold(opened));
    });

    it('an older release that is gone back to passes over what only the newer one can read, start after start', async () => {
      const knowing = (catalogue: Catalogue): EventStore =>
        createEvolvingStore(opened.store, { catalogue, log: { alarm: () => {} } });
      const run = async (views: readonly View[], store: EventStore): Promise<void> => {
        const running = runProjections({ ...opened, store, views, signal: stop.signal });
        expect(await running.waitUntilApplied(await write(opened, 2, 5), 10_000)).toBe(true);
        stop.abort();
        await running.done;
        stop = new AbortController();
      };
      await run(DIARIES, knowing(NOTED));
      expect(await bringUpToDate(options({ views: NEXT_RELEASE, store: knowing(ALL) }), never)).toBe('rebuilt');
      await put(opened.store, 's-0', [sample('Unheard', {}, 's-0')]);
      await run(NEXT_RELEASE, knowing(ALL));
      expect(await bringUpToDate(options({ store: knowing(NOTED) }), never)).toBe('went back');
      await run(DIARIES, knowing(NOTED));
      await run(DIARIES, knowing(NOTED));
      expect(await bringUpToDate(options({ views: NEXT_RELEASE, store: knowing(ALL) }), never)).toBe('went back');
      expect(await bringUpToDate(options({ store: knowing(NOTED) }), never)).toBe('went back');
      await run(DIARIES, knowing(NOTED));
      const { rows: quarantined } = await opened.pool.query('select view, stream from quarantined_streams');
      expect(quarantined).toContainEqual({ view: 'tally', stream: 's-0' });
      const [whole, held] = [await fold(opened), await rows(opened.pool)];
      const others = ({ entries }: Rows): unknown => entries.filter(({ stream }) => stream !== 's-0');
      expect(others(held)).toEqual(others(whole));
    });

    it('two processes of one release: one builds, the other waits for it', async () => {
      const running = start();
      expect(await running.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
      const both = [1, 2].map(() => bringUpToDate(options({ views: NEXT_RELEASE }), () => {}));
      expect((await Promise.all(both)).toSorted()).toEqual(['nothing to do', 'rebuilt']);
    });

    it('builds everything from another event store, to its end', async () => {
      const running = start();
      expect(await running.waitUntilApplied(await write(opened, 2, 20), 10_000)).toBe(true);
      stop.abort();
      await running.done;
      await write(opened, 2, 20);
      expect(await bringUpToDate(options({ log: 'elsewhere' }), never)).toBe('rebuilt');
      expect(await rows(opened.pool)).toEqual(await fold(opened));
      stop = new AbortController();
      const moved = runProjections({ ...opened, log: 'elsewhere', views: DIARIES, signal: stop.signal });
      expect(await moved.waitUntilApplied(await write(opened, 2, 5), 10_000)).toBe(true);
      expect(await rows(opened.pool)).toEqual(await fold(opened));
    });

    it('forgets a view that the release does not have any more', async () => {
      const running = start();
      expect(await running.waitUntilApplied(await write(opened, 1, 5), 10_000)).toBe(true);
      expect(await bringUpToDate(options({ views: [diary] }), never)).toBe('nothing to do');
      expect(await areUpToDate(opened.pool, 'postgres', [diary])).toBe(true);
      expect(await bringUpToDate(options(), never)).toBe('rebuilt');
      expect(await rows(opened.pool)).toEqual(await fold(opened));
    });
  });

  describe('to verify', () => {
    it('finds no difference while writers write, and leaves nothing behind', async () => {
      const running = start();
      expect(await running.waitUntilApplied(await write(opened, 2, 50), 10_000)).toBe(true);
      const writing = write(opened, 3, 60);
      expect(await verifyViews(options())).toMatchObject([
        { table: 'diary', differences: 0, examples: [] },
        { table: 'tally', rows: 1, differences: 0, examples: [] },
      ]);
      expect(await running.waitUntilApplied(await writing, 10_000)).toBe(true);
      const { rows: schemas } = await opened.pool.query(`select from pg_namespace where nspname = 'views_verify'`);
      expect(schemas).toEqual([]);
      expect(errors).toEqual([]);
    });

    it('finds a row that was changed, one that is too much and one that is missing', async () => {
      const running = start();
      const last = await put(opened.store, 'a', [sample('Noted', {}, 'a')]);
      await put(opened.store, 'b', samples(1, 'b'));
      expect(await running.waitUntilApplied(await put(opened.store, 'c', samples(1, 'c')), 10_000)).toBe(true);
      expect(last).not.toBe('');
      await opened.owner.query(`update diary set entries = 'forged' where stream = 'a'`);
      await opened.owner.query(`delete from diary where stream = 'b'`);
      await opened.owner.query(`insert into diary values ('d', 'made up')`);
      const [ofDiary, ofTally] = await verifyViews(options());
      expect(ofDiary).toMatchObject({ table: 'diary', rows: 3, differences: 4 });
      expect(ofDiary!.examples).toHaveLength(3);
      expect(ofDiary!.examples).toContainEqual({ side: 'live', row: '(a,forged)' });
      expect(ofTally).toMatchObject({ differences: 0 });
    });
  });
});

/** Indexes, constraints and the app's rights, as the live tables have them. */
async function shape(pool: Pool): Promise<readonly unknown[]> {
  const { rows: found } = await pool.query(
    `select indexdef as text from pg_indexes where schemaname = 'views'
     union all
     select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'views'::regnamespace
     union all
     select relname || ' ' || has_table_privilege('tradsy_app', oid, 'select, insert, update, delete') from pg_class
      where relnamespace = 'views'::regnamespace and relkind = 'r'
     order by 1`,
  );
  return found;
}
