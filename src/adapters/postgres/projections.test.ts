import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TestStore } from '../../../test/support/postgres-store.ts';
import { ids, put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import { START, type RecordedEvent } from '../../application/ports/event-store.ts';
import { runProjections, type Projections } from './projections.ts';
import { diary, DIARIES, fold, openDiaries, rows, tally, write } from './projections/diary.suite.ts';
import type { FailedEvent } from './projections/quarantine.ts';
import type { View } from './projections/view.ts';
import { inTransaction } from './transaction.ts';

describe('the projection loop', () => {
  let opened: TestStore;
  let stop: AbortController;
  const errors: [unknown, FailedEvent | undefined][] = [];

  beforeEach(async () => {
    opened = await openDiaries();
    stop = new AbortController();
    errors.length = 0;
  });
  afterEach(async () => {
    stop.abort();
    await opened.close();
  });

  function start(views = DIARIES, onApplied?: (events: readonly RecordedEvent[]) => void): Projections {
    const onError = (error: unknown, event: FailedEvent | undefined): void => {
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
      const running = start(DIARIES, () => begun());
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
        if ([1, 5, 30].includes(turn)) await tx.query('select pg_terminate_backend(pg_backend_pid())');
      },
    };
    const running = start([deadly, tally]);
    expect(await running.waitUntilApplied(await write(opened, 3, 50), 20_000)).toBe(true);
    expect(await rows(opened.pool)).toEqual(await fold(opened));
    expect(errors.length).toBeGreaterThan(0);
  });

  it('two loops at once: the views equal the fold, and both tell of every event once', async () => {
    const told: RecordedEvent[][] = [[], []];
    const loops = told.map((events) => start(DIARIES, (applied) => events.push(...applied)));
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

  it('what the database fails at is reported and tried again, what came before it is kept, nothing is skipped', async () => {
    const events = samples(6);
    let mended = false;
    const brittle: View = {
      ...diary,
      async apply(tx, given) {
        await diary.apply(tx, given);
        if (mended || !given.some(({ id }) => id === events[3]!.id)) return;
        await tx.query(`do $$ begin raise 'no room on the disk' using errcode = 'disk_full'; end $$`);
      },
    };
    const last = await put(opened.store, 's', events);
    const running = start([brittle, tally]);
    const [, , before] = await opened.store.readStream('s');
    expect(await running.waitUntilApplied(before!.position, 5_000)).toBe(true);
    expect(await running.waitUntilApplied(last, 300)).toBe(false);
    expect((await rows(opened.pool)).count).toBe(3);
    for (const [error] of errors) expect(error).toMatchObject({ message: 'no room on the disk' });
    expect(errors.at(-1)?.[1]?.id).toBe(events[3]!.id);
    expect(errors.length).toBeGreaterThan(1);
    expect(await running.quarantined()).toEqual([]);
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

  it('stands aside when the views are of another release', async () => {
    const running = start();
    expect(await running.waitUntilApplied(await write(opened, 2, 5), 10_000)).toBe(true);
    await opened.owner.query(`update projection_checkpoints set views = 'postgres: diary@1 tally@2'`);
    const position = await put(opened.store, 'other', [sample('Ignored', {}, 'other')]);
    expect(await running.waitUntilApplied(position, 200)).toBe(false);
    expect(String(errors[0]?.[0])).toContain('another release');
  });

  it('tells how long the oldest event that is not applied has been waiting', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow: View = {
      ...diary,
      async apply(tx, events) {
        await gate;
        await diary.apply(tx, events);
      },
    };
    const running = start([slow, tally]);
    const position = await put(opened.store, 's', samples(1));
    const [waiting] = await opened.store.readStream('s');
    await expect.poll(() => running.lag()).toMatchObject({ position: START });
    const lag = await running.lag();
    expect(lag.ms).toBeLessThanOrEqual(Date.now() - Date.parse(waiting!.recordedAt));
    expect((await running.lag()).ms).toBeGreaterThanOrEqual(lag.ms);
    open();
    expect(await running.waitUntilApplied(position, 5_000)).toBe(true);
    expect(await running.lag()).toEqual({ position, ms: 0 });
  });

  it('is behind, too, when a transaction that stays open hides events from it', async () => {
    const running = start();
    const first = await put(opened.store, 's', samples(1));
    expect(await running.waitUntilApplied(first, 5_000)).toBe(true);
    const hidden = await inTransaction(opened.owner, async (tx) => {
      await tx.query('select pg_current_xact_id()');
      const position = await put(opened.store, 's', samples(1));
      const { ms } = await running.lag();
      await expect.poll(async () => (await running.lag()).ms).toBeGreaterThan(ms + 50);
      expect(running.applied()).toBe(first);
      return position;
    });
    expect(await running.waitUntilApplied(hidden, 5_000)).toBe(true);
    expect((await running.lag()).ms).toBe(0);
  });
});

/** What two releases with other versions of the views do to one another's loops when they start in turns. */
async function setBack(pool: Pool): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await tx.query('update projection_checkpoints set position = $1', [START]);
    await tx.query('truncate diary, tally');
  });
}
