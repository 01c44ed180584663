import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TestStore } from '../../../../test/support/postgres-store.ts';
import { put, sample, samples } from '../../../application/ports/event-store-samples.suite.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { Catalogue } from '../../stored-events/catalogue.ts';
import { createEvolvingStore } from '../../stored-events/evolving-store.ts';
import { runProjections, type Projections } from '../projections.ts';
import { ALL, diary, DIARIES, fold, NOTED, openDiaries, rows, tally, write } from './diary.suite.ts';
import { StreamQuarantined } from './quarantine.ts';
import type { View } from './view.ts';

describe('a stream that a view can not follow', () => {
  let opened: TestStore;
  let stop: AbortController;
  const told: unknown[] = [];

  beforeEach(async () => {
    opened = await openDiaries();
    stop = new AbortController();
    told.length = 0;
  });
  afterEach(async () => {
    stop.abort();
    await opened.close();
  });

  function start(views: readonly View[], store: EventStore = opened.store): Projections {
    return runProjections({ ...opened, store, views, signal: stop.signal, onError: (error) => void told.push(error) });
  }

  async function stopped(running: Projections): Promise<void> {
    stop.abort();
    await running.done;
    stop = new AbortController();
  }

  /** Refuses the third event of `s-1`, in its own way. */
  const brittle = (fail: (tx: Parameters<View['apply']>[0]) => Promise<void>): View => ({
    ...diary,
    async apply(tx, events) {
      await diary.apply(tx, events);
      if (events.some(({ stream, revision }) => stream === 's-1' && revision === 2)) await fail(tx);
    },
  });

  const byException = brittle(() => Promise.reject(new Error('no such page')));

  it.each([
    ['an exception of its own', byException, 'no such page'],
    ['a fault of its own code', brittle(() => Promise.reject(new TypeError('x is undefined'))), 'x is undefined'],
    [
      'data that the database refuses',
      brittle(async (tx) => void (await tx.query(`select '1'::json ->> 0, 'x'::integer`))),
      'invalid input syntax',
    ],
  ])('%s quarantines it there; all other rows are complete', async (_, view, problem) => {
    const running = start([view, tally]);
    expect(await running.waitUntilApplied(await write(opened, 4, 40), 20_000)).toBe(true);
    const whole = await fold(opened);
    const held = (await rows(opened.pool)).entries;
    const others = (all: typeof held): typeof held => all.filter(({ stream }) => stream !== 's-1');
    expect(others(held)).toEqual(others(whole.entries));
    const entries = (all: typeof held): string => all.find(({ stream }) => stream === 's-1')!.entries;
    expect(entries(held)).toBe(entries(whole.entries).split(' ').slice(0, 2).join(' ') + ' ');
    expect((await rows(opened.pool)).count).toBe(whole.count);
    expect(await running.quarantined()).toEqual([{ view: 'diary', stream: 's-1', revision: 2 }]);
    expect(told).toHaveLength(1);
    expect(told[0]).toBeInstanceOf(StreamQuarantined);
    expect(String(told[0])).toContain(`the view diary holds nothing of s-1 from revision 2 (Noted) on: ${problem}`);
  });

  it('is not made by a database that is silent for a while, again and again: nothing is skipped', async () => {
    let silences = 0;
    const patience = { text: 'select pg_sleep(0.1)', query_timeout: 20 };
    const view = brittle(async (tx) => {
      silences += 1;
      if (silences <= 3) await tx.query(patience);
    });
    const running = start([view, tally]);
    expect(await running.waitUntilApplied(await write(opened, 2, 10), 10_000)).toBe(true);
    expect(await running.quarantined()).toEqual([]);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(told.map(String)).toEqual(Array.from({ length: 3 }, () => 'NoAnswer: Query read timeout'));
  });

  it('is tried again at the next start, from its first missed event', async () => {
    const running = start([byException, tally]);
    expect(await running.waitUntilApplied(await write(opened, 3, 20), 10_000)).toBe(true);
    await stopped(running);
    const still = start([byException, tally]);
    expect(await still.waitUntilApplied(await write(opened, 3, 20), 10_000)).toBe(true);
    expect(await still.quarantined()).toHaveLength(1);
    await stopped(still);
    const mended = start(DIARIES);
    expect(await mended.waitUntilApplied(await write(opened, 3, 5), 10_000)).toBe(true);
    expect(await mended.quarantined()).toEqual([]);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(told.map((error) => error instanceof StreamQuarantined)).toEqual([true, true]);
  });

  describe('for an event that can not be read', () => {
    const knowing = (catalogue: Catalogue): EventStore =>
      createEvolvingStore(opened.store, { catalogue, log: { alarm: () => {} } });
    const both = (revision: number): unknown =>
      expect.arrayContaining(['diary', 'tally'].map((view) => ({ view, stream: 'bad', revision })));
    const more = (): Promise<string> => put(opened.store, 'good', samples(1, 'good'));

    it('is quarantined for every view, start after start, until it can be', async () => {
      await put(opened.store, 'good', samples(3, 'good'));
      await put(opened.store, 'bad', [...samples(1, 'bad'), sample('Unheard', {}, 'bad'), ...samples(1, 'bad')]);
      const running = start(DIARIES, knowing(NOTED));
      expect(await running.waitUntilApplied(await more(), 10_000)).toBe(true);
      expect(await running.quarantined()).toEqual(both(1));
      expect((await rows(opened.pool)).count).toBe(5);
      await stopped(running);
      const again = start(DIARIES, knowing(NOTED));
      expect(await again.waitUntilApplied(await more(), 10_000)).toBe(true);
      expect(await again.quarantined()).toEqual(both(1));
      expect(told.map((error) => error instanceof StreamQuarantined)).toEqual([true, true, true, true]);
      expect(String(told.at(-1))).toContain('bad from revision 1 (Unheard) on');
      await stopped(again);
      const mended = start(DIARIES, knowing(ALL));
      expect(await mended.waitUntilApplied(await more(), 10_000)).toBe(true);
      expect(await mended.quarantined()).toEqual([]);
      expect(await rows(opened.pool)).toEqual(await fold(opened));
    });

    it('holds what comes before it, once the view can take that', async () => {
      const running = start([byException, tally], knowing(NOTED));
      await put(opened.store, 's-1', [...samples(4, 's-1'), sample('Unheard', {}, 's-1'), ...samples(1, 's-1')]);
      expect(await running.waitUntilApplied(await more(), 10_000)).toBe(true);
      expect(await running.quarantined()).toContainEqual({ view: 'diary', stream: 's-1', revision: 2 });
      await stopped(running);
      const mended = start(DIARIES, knowing(NOTED));
      expect(await mended.waitUntilApplied(await more(), 10_000)).toBe(true);
      expect(await mended.quarantined()).toContainEqual({ view: 'diary', stream: 's-1', revision: 4 });
      const kept = (await rows(opened.pool)).entries.find(({ stream }) => stream === 's-1');
      const noted = (await opened.store.readStream('s-1', { limit: 4 })).map(({ id }) => `${id} `);
      expect(kept?.entries).toBe(noted.join(''));
    });
  });
});
