import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { follow, followAll, ids, put, sample } from '../../application/ports/event-store-samples.suite.ts';
import { eventStoreSuite } from '../../application/ports/event-store.suite.ts';
import { START, UnreadableEvent } from '../../application/ports/event-store.ts';
import type { EventStore, NewEvent } from '../../application/ports/event-store.ts';
import { createMemoryEventStore } from '../memory/event-store.ts';
import { systemClock } from '../node/clock-and-ids.ts';
import { CATALOGUE } from './catalogue.ts';
import { deposit, FIRST_CATALOGUE, THIRD_CATALOGUE } from './deposits.suite.ts';
import { createEvolvingStore } from './evolving-store.ts';
import { GOLDEN_FILES } from './golden.suite.ts';

/** The port's own samples fit anything. */
const ANYTHING = new Map([
  ['Noted', { version: 1, schema: z.unknown(), upcasters: [] }],
  ['OrderPlaced', { version: 3, schema: z.unknown(), upcasters: [] }],
]);

eventStoreSuite('memory, with shapes', async () => ({
  store: createEvolvingStore(createMemoryEventStore(systemClock), { catalogue: ANYTHING, log: { alarm: () => {} } }),
  close: async () => {},
}));

describe('the evolving store', () => {
  let raw: EventStore;
  let alarms: unknown[];
  const opened = (catalogue = CATALOGUE): EventStore =>
    createEvolvingStore(raw, { catalogue, log: { alarm: (_message, facts) => void alarms.push(facts) } });
  beforeEach(() => {
    raw = createMemoryEventStore(systemClock);
    alarms = [];
  });

  const good = sample('CancelRequested', { requestedAt: '2026-03-02T15:00:00.000Z' });
  it.each<[string, NewEvent, string]>([
    ['a type that is not known', { ...good, type: 'CancelDreamtOf' }, 'not known: CancelDreamtOf'],
    ['another version', { ...good, metadata: { ...good.metadata, schemaVersion: 2 } }, 'in version 1, not 2'],
    ['data that lacks something', { ...good, data: {} }, 'requestedAt: Invalid input'],
    ['data with something more', { ...good, data: { ...(good.data as object), secret: 1 } }, 'Unrecognized key'],
    ['data that is no object', { ...good, data: null }, 'data: Invalid input'],
  ])('stores nothing of a batch with %s', async (_, event, problem) => {
    const appending = opened().append('s', 'no-stream', [good, event]);
    await expect(appending).rejects.toThrow(TypeError);
    await expect(appending).rejects.toThrow(problem);
    expect(await raw.readStream('s')).toEqual([]);
  });

  it('gives the newest shape of what was stored in an older one, and leaves the rest of the event as it was', async () => {
    await put(raw, 's', [
      deposit('s', 1, { cents: 150 }),
      deposit('s', 2, { cents: 20, currency: 'EUR' }),
      deposit('s', 3, { money: { amount: '7', currency: 'EUR' }, by: 'Ada' }),
    ]);
    const read = await opened(THIRD_CATALOGUE).readStream('s');
    expect(read.map(({ data }) => data)).toEqual([
      { money: { amount: '150', currency: 'USD' }, by: null },
      { money: { amount: '20', currency: 'EUR' }, by: null },
      { money: { amount: '7', currency: 'EUR' }, by: 'Ada' },
    ]);
    const stored = await raw.readStream('s');
    expect(read).toEqual(stored.map((event, index) => ({ ...event, data: read[index]!.data })));
    expect(await opened(THIRD_CATALOGUE).readAll(START, 10)).toEqual(read);
    expect(alarms).toEqual([]);
  });

  it.each([
    ['newer_version', deposit('s', 2, { cents: 1, currency: 'EUR' })],
    ['unknown_type', sample('Withdrawn', { cents: 1 })],
    ['misfit', deposit('s', 1, { cents: 'many' })],
    ['misfit', deposit('s', 0, { cents: 1 })],
  ])('stops at an event it can not read (%s), and alarms once', async (reason, event) => {
    const readable = deposit('s', 1, { cents: 5 });
    await put(raw, 's', [readable, event, deposit('s', 1, { cents: 6 })]);
    await put(raw, 't', [deposit('t', 1, { cents: 7 })]);
    const store = opened(FIRST_CATALOGUE);
    for (let tries = 0; tries < 2; tries += 1) {
      const { id, type, metadata } = event;
      const facts = { stream: 's', revision: 1, id, type, version: metadata.schemaVersion, reason };
      await expect(store.readStream('s')).rejects.toMatchObject({ name: 'UnreadableEvent', ...facts });
    }
    expect(ids(await store.readStream('s', { limit: 1 }))).toEqual([readable.id]);
    expect(await store.readStream('t')).toHaveLength(1);
    expect(alarms).toMatchObject([{ stream: 's', revision: 1, event: event.id, reason }]);
  });

  it('shows an event it can not read in its place of the total order, and nobody gets at its data', async () => {
    const event = deposit('s', 2, { cents: 1, currency: 'EUR' });
    await put(raw, 's', [deposit('s', 1, { cents: 5 }), event]);
    await put(raw, 't', [deposit('t', 1, { cents: 7 })]);
    const store = opened(FIRST_CATALOGUE);
    for (const all of [await store.readAll(START, 10), await follow(store, START, 3)]) {
      expect(ids(all)).toEqual(ids(await followAll(raw, 3)));
      expect(all.map(({ unreadable }) => unreadable?.reason)).toEqual([undefined, 'newer_version', undefined]);
      expect(() => all[1]!.data).toThrow(UnreadableEvent);
      expect(() => ({ ...all[1] })).toThrow(UnreadableEvent);
    }
    expect(alarms).toHaveLength(1);
  });

  it('reads an event whose upcaster fails as one that does not fit', async () => {
    await put(raw, 's', [deposit('s', 2, null)]);
    await expect(opened(THIRD_CATALOGUE).readStream('s')).rejects.toMatchObject({ reason: 'misfit' });
  });

  it('gives what is stored in the current version as the very data that was stored, so that hashes can be checked', async () => {
    const placed = GOLDEN_FILES.find(({ type }) => type === 'OrderPlaced')!.examples[0];
    const shuffled = Object.fromEntries(Object.entries(placed as object).toReversed());
    await put(opened(), 's', [sample('OrderPlaced', shuffled)]);
    expect(JSON.stringify((await opened().readStream('s'))[0]!.data)).toBe(JSON.stringify(shuffled));
  });
});
