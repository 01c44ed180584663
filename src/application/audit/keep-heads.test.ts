import { expect, it } from 'vitest';
import { signingKey, trustIn } from '../../adapters/audit/keys.ts';
import { createMemoryEventStore } from '../../adapters/memory/event-store.ts';
import { sha256 } from '../../adapters/node/sha256.ts';
import { put, samples } from '../ports/event-store-samples.suite.ts';
import { START, type EventStore, type RecordedEvent } from '../ports/event-store.ts';
import type { Heads, SignedHead } from '../ports/heads.ts';
import { findHeadFault } from './check-heads.ts';
import { keepHeads, type HeadNeeds } from './keep-heads.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const MINUTE = 60_000;
const HOUR = 3_600_000;
const signer = signingKey(Buffer.alloc(32, 1));
const trust = trustIn([signer.pem]);

const newStore = (): EventStore => createMemoryEventStore({ now: () => NOW });

function listOfHeads(list: SignedHead[]): Heads {
  return { last: async () => list.at(-1) ?? null, append: async (head) => void list.push(head) };
}

/** A run of `keepHeads` whose clock goes on when it is told to. */
function run(store: EventStore, heads: SignedHead[], others: Partial<HeadNeeds> = {}) {
  const ending = new AbortController();
  const alarms: string[] = [];
  let wake = (): void => {};
  let fellAsleep: (ms: number) => void = () => {};
  let asleep = Promise.resolve(0);
  const awaitSleep = (): void => {
    asleep = new Promise((resolve) => (fellAsleep = resolve));
  };
  awaitSleep();
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
      fellAsleep(ms);
    });
  const done = keepHeads(
    {
      store,
      startedAt: NOW,
      heads: listOfHeads(heads),
      logName: 'memory',
      signer,
      trust,
      sha256,
      clock: { now: () => NOW, sleep },
      log: {
        info: () => {},
        warn: () => {},
        alarm: (message, facts) => void alarms.push([message, facts?.['error']].join(' ')),
      },
      ...others,
    },
    ending.signal,
  );
  return {
    alarms,
    /** Resolves to how long it sleeps, when it has done all it can. */
    asleep: () => asleep,
    async wake() {
      awaitSleep();
      wake();
      return asleep;
    },
    async end() {
      ending.abort();
      await done;
    },
  };
}

/** Keeps heads over all that the store holds, and ends. */
async function keepOnce(
  store: EventStore,
  heads: SignedHead[],
  others: Partial<HeadNeeds> = {},
): Promise<readonly string[]> {
  const running = run(store, heads, others);
  await running.asleep();
  await running.end();
  return running.alarms;
}

/** A store that answers with other events than it holds. */
const changing = (store: EventStore, change: (event: RecordedEvent) => RecordedEvent): EventStore => ({
  ...store,
  readAll: async (after, limit) => (await store.readAll(after, limit)).map(change),
});

it('signs nothing over an empty log', async () => {
  const heads: SignedHead[] = [];
  expect(await keepOnce(newStore(), heads)).toEqual([]);
  expect(heads).toEqual([]);
});

it('raises an alarm when it starts without a head on a log that has older events, and signs them', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  await put(store, 's', samples(3));
  const later = { startedAt: '2026-01-01T00:00:00.001Z' };
  expect(await keepOnce(store, heads, later)).toEqual([
    expect.stringMatching(/^no head is left of a log that has events/),
  ]);
  expect(heads.map(({ count }) => count)).toEqual([3]);
  expect(await keepOnce(store, heads, later)).toEqual([]);
});

it('raises no alarm over events of its own process, which others have written before it began', async () => {
  const store = newStore();
  await put(store, 's', samples(3));
  expect(await keepOnce(store, [])).toEqual([]);
});

it('raises no alarm over the first events of a log that was empty at the start', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  const running = run(store, heads);
  await running.asleep();
  await put(store, 's', samples(3));
  await running.wake();
  await running.end();
  expect(running.alarms).toEqual([]);
  expect(heads.map(({ count }) => count)).toEqual([3]);
});

it('signs a head every minute in which something was added, and one at the end', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  await put(store, 's', samples(3));
  const running = run(store, heads);
  expect(await running.asleep()).toBe(MINUTE);
  expect(heads.map(({ count }) => count)).toEqual([3]);
  await running.wake();
  expect(heads).toHaveLength(1);
  await put(store, 't', samples(2, 't'));
  await running.wake();
  await put(store, 's', samples(1));
  await running.end();
  expect(heads.map(({ count }) => count)).toEqual([3, 5, 6]);
  expect(findHeadFault(heads, trust, sha256)).toBeNull();
  const last = (await store.readAll(START, 10)).at(-1)!;
  expect(heads[2]!.last).toEqual({ stream: 's', revision: 3, position: last.position, hash: last.hash });
});

it('goes on from the last head, and reads no event again', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  await put(store, 's', samples(3));
  await keepOnce(store, heads);
  await put(store, 's', samples(2));
  const read: string[] = [];
  const watched: EventStore = {
    ...store,
    readAll: (after, limit) => {
      read.push(after);
      return store.readAll(after, limit);
    },
  };
  await keepOnce(watched, heads);
  expect(read[0]).toBe(heads[0]!.last.position);
  expect(heads.map(({ count }) => count)).toEqual([3, 5]);

  const atOnce: SignedHead[] = [];
  await keepOnce(store, atOnce);
  const { count, digest, positions } = heads[1]!;
  expect(atOnce[0]).toMatchObject({ count, digest, positions });
});

it.each(['data', 'hash', 'revision', 'id'] as const)(
  'signs nothing over an event whose %s does not fit',
  async (field) => {
    const [store, heads] = [newStore(), [] as SignedHead[]];
    await put(store, 's', samples(3));
    await keepOnce(store, heads);
    await put(store, 's', samples(2));
    const wrong = { data: { other: 1 }, hash: 'a'.repeat(64), revision: 7, id: '00000000-0000-8000-8000-000000000000' };
    const changed = changing(store, (event) => (event.revision === 3 ? { ...event, [field]: wrong[field] } : event));
    const running = run(changed, heads);
    expect(await running.asleep()).toBe(HOUR);
    expect(running.alarms).toEqual([expect.stringMatching(/log chain failure.*revision (3|7) of s/)]);
    await running.wake();
    expect(running.alarms).toHaveLength(2);
    await running.end();
    expect(heads).toHaveLength(1);
  },
);

it('signs nothing over a log that lacks what was signed', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  await put(store, 's', samples(3));
  await keepOnce(store, heads);
  const restored = newStore();
  await put(restored, 's', samples(4));
  expect(await keepOnce(restored, heads)).toEqual([expect.stringMatching(/lacks event 2 of s/)]);
  expect(await keepOnce(newStore(), heads)).toEqual([expect.stringMatching(/lacks event 2 of s/)]);
  expect(heads).toHaveLength(1);
});

it('signs nothing after a head that somebody else wrote', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  await put(store, 's', samples(3));
  await keepOnce(store, heads);
  const forged = [{ ...heads[0]!, count: 2 }];
  await put(store, 's', samples(1));
  expect(await keepOnce(store, forged)).toEqual([expect.stringMatching(/not signed with a key of this installation/)]);
  expect(forged).toHaveLength(1);
});

it('goes on in another store that holds the same events, whatever their positions', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  await put(store, 's', samples(3));
  await keepOnce(store, heads);
  await put(store, 's', samples(2));
  const moved = changing(store, (event) => ({ ...event, position: event.position.replace(/^0/, '1') }));
  const copy: EventStore = { ...moved, readAll: (after, limit) => moved.readAll(after.replace(/^1/, '0'), limit) };
  expect(await keepOnce(copy, heads, { logName: 'copy' })).toEqual([]);
  expect(heads.map(({ log, count }) => `${log} ${count}`)).toEqual(['memory 3', 'copy 5']);
  expect(heads[1]!.last.position).toMatch(/^1/);
});

it('signs nothing in another store that holds other events, or fewer', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  await put(store, 's', samples(3));
  await keepOnce(store, heads);
  const others = newStore();
  await put(others, 's', samples(2));
  expect(await keepOnce(others, heads, { logName: 'copy' })).toEqual([expect.stringMatching(/has 2 events, and 3/)]);
  await put(others, 's', samples(2));
  expect(await keepOnce(others, heads, { logName: 'copy' })).toEqual([expect.stringMatching(/first 3 events/)]);
  expect(heads).toHaveLength(1);
});

it('tries again when a head could not be written', async () => {
  const [store, heads] = [newStore(), [] as SignedHead[]];
  let isFull = true;
  const full: Heads = {
    ...listOfHeads(heads),
    append: async (head) => {
      if (isFull) throw new Error('the disk is full');
      heads.push(head);
    },
  };
  const running = run(store, heads, { heads: full });
  await running.asleep();
  await put(store, 's', samples(3));
  expect(await running.wake()).toBe(MINUTE);
  await running.wake();
  const alarm = expect.stringMatching(/could not be signed.*the disk is full/);
  expect(running.alarms).toEqual([alarm, alarm]);
  isFull = false;
  await running.wake();
  await running.end();
  expect(heads.map(({ count }) => count)).toEqual([3]);
});
