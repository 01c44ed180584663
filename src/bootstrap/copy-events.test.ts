import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startStandIn, UNAVAILABLE, type StandIn } from '../../test/support/eventstoredb/server.ts';
import { openTestStore, type TestStore } from '../../test/support/postgres-store.ts';
import { createEventStoreDbStore } from '../adapters/eventstoredb/event-store.ts';
import { openImport, type ImportTarget } from '../adapters/eventstoredb/import.ts';
import { hidesEvents } from '../adapters/postgres/hidden-events.ts';
import { sha256 } from '../adapters/node/sha256.ts';
import { followAll, ids, put, sample, samples } from '../application/ports/event-store-samples.suite.ts';
import { START, type RecordedEvent } from '../application/ports/event-store.ts';
import { copyEvents, CopyDiffers, type Copied, type CopyTarget } from './copy-events.ts';

let opened: TestStore;
let server: StandIn;
let target: ImportTarget;
beforeEach(async () => {
  [opened, server] = await Promise.all([openTestStore(), startStandIn()]);
  target = openImport(server.url);
});
afterEach(async () => {
  await target.close();
  await Promise.all([opened.close(), server.stop()]);
});

const copyTo = (to: CopyTarget): Promise<Copied> =>
  copyEvents({
    source: { ...opened.store, hidesEvents: () => hidesEvents(opened.pool) },
    target: to,
    sha256,
    onProgress: () => {},
    signal: new AbortController().signal,
  });

/** Streams of every kind: long ones, short ones, in runs and one by one. */
async function fill(): Promise<RecordedEvent[]> {
  await put(opened.store, 'long', samples(520, 'long'));
  for (let index = 0; index < 15; index += 1) {
    const stream = `order-${index % 7}`;
    await put(opened.store, stream, [sample('Noted', { 10: 'ten', text: 'Σ \ud800 "' }, stream)]);
    await put(opened.store, 'risk-1', samples(1 + (index % 3), 'risk-1'));
  }
  await put(opened.store, 'large', [sample('Noted', 'x'.repeat(400_000), 'large')]);
  await put(opened.store, 'large', [sample('Noted', 'x'.repeat(400_000), 'large')]);
  return followAll(opened.store, 567);
}

/** Positions are those of a store. */
const withoutPosition = (event: RecordedEvent): unknown => ({ ...event, position: null });

describe('copying the events of Postgres to EventStoreDB', () => {
  it('brings every event as it is, in the same order', async () => {
    const events = await fill();
    expect(await copyTo(target)).toEqual({ copied: 567, events: 567, streams: 10 });
    const copied = await target.readAll(START, 1_000);
    expect(copied.map(withoutPosition)).toEqual(events.map(withoutPosition));
  });

  it('leaves a store that knows what it holds, and goes on from there', async () => {
    const batch = samples(2);
    await put(opened.store, 's', batch);
    await copyTo(target);
    const store = createEventStoreDbStore(server.url);
    expect(await store.append('s', 'no-stream', batch)).toMatchObject({ revision: 1, repeated: true });
    await put(store, 's', samples(1));
    expect(await store.readStream('s')).toHaveLength(3);
    await store.close();
  });

  it('goes on where an earlier copy stopped, however it stopped', async () => {
    await fill();
    let batches = 0;
    const breaking: CopyTarget = {
      ...target,
      importEvents: async (events) => {
        batches += 1;
        if (batches === 2) server.failAppends(...[1, 2].map(() => ({ stores: true, answer: UNAVAILABLE })));
        await target.importEvents(events);
      },
    };
    await expect(copyTo(breaking)).rejects.toThrow('no answer');
    const { copied, events } = await copyTo(target);
    expect(events).toBe(567);
    expect(copied).toBeLessThan(70);
    expect(await copyTo(target)).toMatchObject({ copied: 0, events: 567 });
    await put(opened.store, 's', samples(3));
    expect(await copyTo(target)).toMatchObject({ copied: 3, events: 570 });
  });

  it('imports the same events again without storing them again', async () => {
    const events = await fill();
    await target.importEvents(events.slice(0, 20));
    await target.importEvents(events.slice(10, 30));
    const other = openImport(server.url);
    await other.importEvents(events.slice(0, 40));
    await other.close();
    expect(ids(await target.readAll(START, 1_000))).toEqual(ids(events.slice(0, 40)));
  });

  it('copies nothing and compares nothing when both are empty', async () => {
    expect(await copyTo(target)).toEqual({ copied: 0, events: 0, streams: 0 });
  });
});

describe('a copy that can not be right', () => {
  it('is refused when the target holds events of another source', async () => {
    await put(opened.store, 's', samples(2));
    const store = createEventStoreDbStore(server.url);
    await put(store, 's', samples(1));
    await store.close();
    await expect(copyTo(target)).rejects.toThrow(CopyDiffers);
    expect(await target.readAll(START, 10)).toHaveLength(1);
  });

  it('is refused when the target lacks an event before its last one', async () => {
    await put(opened.store, 'a', samples(1, 'a'));
    await put(opened.store, 'b', samples(1, 'b'));
    const [, second] = await followAll(opened.store, 2);
    await target.importEvents([second!]);
    await expect(copyTo(target)).rejects.toThrow('not in the same place');
  });

  it('is found out when an event was changed on the target', async () => {
    await put(opened.store, 's', [sample('Noted', { amount: '10' })]);
    await copyTo(target);
    const stored = server.log().stream('s')![0]!;
    stored.data.set(new TextEncoder().encode('{"amount":"99"}'));
    await expect(copyTo(target)).rejects.toThrow('the chain of s is broken at event 0');
  });

  it('is refused when an event does not follow its predecessor, and nothing of its run is stored', async () => {
    await put(opened.store, 's', samples(3));
    const [first, second, third] = await followAll(opened.store, 3);
    await expect(target.importEvents([first!, third!])).rejects.toThrow('event 2 of s does not follow there');
    await expect(target.importEvents([first!, { ...second!, type: 'Forged' }])).rejects.toThrow('event 1 of s');
    expect(await target.readLast()).toBeNull();
  });
});
