/** A newer version of the app has written into one stream, and this one, still running, comes upon it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTestStore } from '../../../test/support/postgres-store.ts';
import { follow, followAll, ids, put } from '../../application/ports/event-store-samples.suite.ts';
import { START, UnreadableEvent } from '../../application/ports/event-store.ts';
import type { EventStore, NewEvent, Position, RecordedEvent } from '../../application/ports/event-store.ts';
import type { Checkpoints, PassedOver } from '../../application/ports/progress.ts';
import { runReaction } from '../../application/react.ts';
import { createMemoryEventStore } from '../memory/event-store.ts';
import { createMemoryCheckpoints, createMemoryPassedOver } from '../memory/progress.ts';
import { systemClock } from '../node/clock-and-ids.ts';
import { createPassedOver } from '../postgres/passed-over-events.ts';
import { createCheckpoints } from '../postgres/reaction-checkpoints.ts';
import type { Catalogue } from './catalogue.ts';
import { deposit, FIRST_CATALOGUE, THIRD_CATALOGUE } from './deposits.suite.ts';
import { createEvolvingStore } from './evolving-store.ts';

interface Parts {
  /** As it is stored. */
  readonly raw: EventStore;
  readonly checkpoints: Checkpoints;
  readonly passedOver: PassedOver;
  close(): Promise<void>;
}

const openMemory = async (): Promise<Parts> => ({
  raw: createMemoryEventStore(systemClock),
  checkpoints: createMemoryCheckpoints(),
  passedOver: createMemoryPassedOver(),
  close: async () => {},
});

async function openPostgres(): Promise<Parts> {
  const { store, pool, close } = await openTestStore();
  return { raw: store, checkpoints: createCheckpoints(pool), passedOver: createPassedOver(pool), close };
}

const old = (stream: string): NewEvent => deposit(stream, 1, { cents: 5 });
const newer = (stream: string): NewEvent => deposit(stream, 2, { cents: 5, currency: 'EUR' });

describe.each([
  ['memory', openMemory],
  ['Postgres', openPostgres],
])('an event that can not be read, over %s', (_, open) => {
  let parts: Parts;
  /** Of the last event stored. */
  let end: Position;
  beforeEach(async () => {
    parts = await open();
  });
  afterEach(() => parts.close());

  async function fill(...events: readonly (readonly [stream: string, event: NewEvent])[]): Promise<readonly string[]> {
    for (const [stream, event] of events) end = await put(parts.raw, stream, [event]);
    return events.map(([, { id }]) => id);
  }

  /**
   * The app with a catalogue, from its start until its reaction has come to the end of what is stored. Gives the ids that
   * the reaction handled, the alarms, and what it had passed over in the end.
   */
  async function run(catalogue: Catalogue, react?: (event: RecordedEvent, store: EventStore) => Promise<void>) {
    const alarms: string[] = [];
    const log = { info: () => {}, warn: () => {}, alarm: (message: string) => void alarms.push(message) };
    const store = createEvolvingStore(parts.raw, { catalogue, log });
    const ending = new AbortController();
    const checkpoints: Checkpoints = {
      load: (reaction) => parts.checkpoints.load(reaction),
      async save(reaction, position, fence) {
        await parts.checkpoints.save(reaction, position, fence);
        if (position >= end) ending.abort();
      },
    };
    const handled: string[] = [];
    await runReaction(
      'count',
      async (event) => {
        await react?.(event, store);
        handled.push(event.id);
      },
      {
        store,
        checkpoints,
        passedOver: parts.passedOver,
        fence: 1,
        clock: { ...systemClock, sleep: async () => {} },
        log,
      },
      ending.signal,
    );
    const waiting = (await parts.passedOver.load('count')).map(({ stream, revision }) => `${stream}/${revision}`);
    return { handled, alarms, waiting };
  }

  it('stops whoever reads its stream, and nobody else', async () => {
    const stored = await fill(['a', old('a')], ['a', newer('a')], ['b', old('b')], ['a', old('a')]);
    await followAll(parts.raw, stored.length);
    const store = createEvolvingStore(parts.raw, { catalogue: FIRST_CATALOGUE, log: { alarm: () => {} } });
    await expect(store.readStream('a')).rejects.toThrow(UnreadableEvent);
    expect(await store.readStream('b')).toHaveLength(1);
    expect(ids(await follow(store, START, stored.length))).toEqual(stored);
  });

  it('is passed over with what follows in its stream, with one alarm, until a code comes that can read it', async () => {
    const [a0, a1, b0, a2, b1] = await fill(
      ...([
        ['a', old('a')],
        ['a', newer('a')],
        ['b', old('b')],
        ['a', old('a')],
        ['b', old('b')],
      ] as const),
    );
    await followAll(parts.raw, 5);
    expect(await run(FIRST_CATALOGUE)).toEqual({
      handled: [a0, b0, b1],
      alarms: ['an event can not be read: nothing goes on with its stream'],
      waiting: ['a/1', 'a/2'],
    });

    const [a3, b2] = await fill(['a', old('a')], ['b', old('b')]);
    await followAll(parts.raw, 7);
    expect(await run(FIRST_CATALOGUE)).toMatchObject({
      handled: [b2],
      alarms: ['an event can not be read: nothing goes on with its stream'],
      waiting: ['a/1', 'a/2', 'a/3'],
    });

    const [b3, a4] = await fill(['b', old('b')], ['a', newer('a')]);
    await followAll(parts.raw, 9);
    expect(await run(THIRD_CATALOGUE)).toEqual({ handled: [a1, a2, a3, b3, a4], alarms: [], waiting: [] });
  });

  it('holds back the events of every stream for which it has to be read, and no others', async () => {
    const [a0, b0] = await fill(['a', old('a')], ['b', old('b')], ['account', newer('account')]);
    await followAll(parts.raw, 3);
    const readAccount = async ({ stream }: RecordedEvent, store: EventStore): Promise<void> => {
      if (stream === 'a') await store.readStream('account');
    };
    const { handled, alarms, waiting } = await run(FIRST_CATALOGUE, readAccount);
    expect({ handled, waiting }).toEqual({ handled: [b0], waiting: ['a/0', 'account/0'] });
    expect(alarms).toHaveLength(1);
    const [b1] = await fill(['b', old('b')]);
    await followAll(parts.raw, 4);
    const taken = await run(THIRD_CATALOGUE, readAccount);
    expect(taken.handled).toMatchObject([a0, expect.any(String), b1]);
    expect(taken.waiting).toEqual([]);
  });

  it('is another matter than a failure, which is tried again for ever and passes nothing over', async () => {
    const stored = await fill(['a', old('a')], ['b', old('b')]);
    await followAll(parts.raw, 2);
    let failures = 0;
    const { handled, alarms, waiting } = await run(FIRST_CATALOGUE, async () => {
      if (failures === 0) {
        failures += 1;
        throw new Error('the store is down');
      }
    });
    expect({ handled, waiting }).toEqual({ handled: stored, waiting: [] });
    expect(alarms).toEqual([`count: event ${stored[0]} (Deposited) failed; trying again`]);
  });
});
