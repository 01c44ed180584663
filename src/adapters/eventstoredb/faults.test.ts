import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLog } from '../../../test/support/eventstoredb/log.ts';
import { notLeaderError } from '../../../test/support/eventstoredb/messages.ts';
import { startStandIn, UNAVAILABLE, WRITE_TIMED_OUT, type StandIn } from '../../../test/support/eventstoredb/server.ts';
import { hashOf, NO_HASH } from '../../application/ports/event-chain.ts';
import { follow, ids, put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import { EventIdClash, START, type EventStore, type RecordedEvent } from '../../application/ports/event-store.ts';
import { UnknownOutcome } from './errors.ts';
import { createEventStoreDbStore, type EventStoreDbOptions, type EventStoreDbStore } from './event-store.ts';

/** For what will not be answered: short to wait for, and long for an answer on a busy machine. */
const IMPATIENT = { timeoutMs: 500 };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function expectChained(store: EventStore, stream: string): Promise<void> {
  let previous = NO_HASH;
  for (const event of await store.readStream(stream)) {
    previous = hashOf(previous, event, sha256);
    expect(event.hash).toBe(previous);
  }
}

let server: StandIn;
let stores: EventStoreDbStore[];
beforeEach(async () => {
  server = await startStandIn();
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await server.stop();
});

/** A store as another process has it. */
function open(options: EventStoreDbOptions = {}): EventStoreDbStore {
  const store = createEventStoreDbStore(server.url, options);
  stores.push(store);
  return store;
}

describe('an append whose answer does not come', () => {
  it.each([
    ['stored, and never answered', { stores: true }],
    ['stored, and answered with a time-out', { stores: true, answer: WRITE_TIMED_OUT }],
    ['stored, and the server goes away', { stores: true, answer: UNAVAILABLE }],
    ['stored later than the second, and never answered', { stores: 'late' as const }],
    ['not stored, and never answered', { stores: false }],
    ['not stored, and the server is not ready', { stores: false, answer: UNAVAILABLE }],
  ])('%s: is sent once more, and stored once', async (_, fault) => {
    const errors: unknown[] = [];
    const patience = 'answer' in fault ? {} : IMPATIENT;
    const store = open({ ...patience, onError: (error) => errors.push(error) });
    await put(store, 's', samples(1));
    server.failAppends(fault);
    const batch = samples(2);
    expect(await store.append('s', 0, batch)).toMatchObject({ kind: 'appended', revision: 2 });
    expect(server.appends()).toBeGreaterThan(2);
    expect(errors).not.toEqual([]);
    await put(store, 's', samples(1));
    expect(ids(await store.readStream('s', { from: 1, limit: 2 }))).toEqual(ids(batch));
    await expectChained(store, 's');
  });

  it.each([
    ['stored, and never answered', { stores: true }],
    ['not stored, and the server is not ready', { stores: false, answer: UNAVAILABLE }],
  ])('%s, and the second neither: throws, and the same batch again finds out', async (_, fault) => {
    const store = open('answer' in fault ? {} : IMPATIENT);
    const batch = samples(2);
    server.failAppends(fault, fault);
    await expect(store.append('s', 'no-stream', batch)).rejects.toThrow(UnknownOutcome);
    expect(await store.append('s', 'no-stream', batch)).toMatchObject({ revision: 1, repeated: fault.stores });
    await put(store, 's', samples(1));
    expect(await store.readStream('s')).toHaveLength(3);
    await expectChained(store, 's');
  });

  it('goes to the leader that the server names', async () => {
    const leader = await startStandIn(server.log());
    const store = open();
    server.failAppends({ stores: false, answer: notLeaderError('127.0.0.1', leader.port) });
    expect(await store.append('s', 'no-stream', samples(1))).toMatchObject({ revision: 0, repeated: false });
    await put(store, 's', samples(1));
    expect([server.appends(), leader.appends()]).toEqual([1, 2]);
    await leader.stop();
  });

  it('throws in the end when there is no server', async () => {
    const store = open();
    await server.stop();
    await Promise.all([
      expect(store.append('s', 'no-stream', samples(1))).rejects.toThrow(UnknownOutcome),
      expect(store.append('t', 'any', samples(1, 't'))).rejects.toThrow('UNAVAILABLE'),
      expect(store.readStream('s')).rejects.toThrow('UNAVAILABLE'),
    ]);
  });
});

describe('several processes', () => {
  it('append the same batch: one has stored it, the other learns so, and both go on with the same chain', async () => {
    const [one, other] = [open(), open({ now: () => '2026-01-01T00:00:00.000Z' })];
    const batch = samples(3);
    const first = await one.append('s', 'no-stream', batch);
    expect(await other.append('s', 'no-stream', batch)).toEqual({ ...first, repeated: true });
    await put(other, 's', samples(1));
    await put(one, 's', samples(1));
    expect(await one.readStream('s')).toHaveLength(5);
    await expectChained(one, 's');
  });

  it('race with the same batches: each is stored once, by one of them', async () => {
    const [one, other] = [open(), open({ now: () => '2026-01-01T00:00:00.000Z' })];
    for (let times = 0; times < 20; times += 1) {
      const batch = samples(2);
      const answers = await Promise.all([one.append('s', 'any', batch), other.append('s', 'any', batch)]);
      expect(answers.filter((answer) => answer.kind === 'appended')).toHaveLength(2);
      expect(answers.filter((answer) => answer.kind === 'appended' && answer.repeated)).toHaveLength(1);
    }
    expect(await one.readStream('s')).toHaveLength(40);
    await expectChained(one, 's');
  });

  it('know an id that another one has stored, also at the newest revision', async () => {
    const [one, other] = [open(), open()];
    await put(one, 's', samples(1));
    await put(other, 's', samples(1));
    const event = sample();
    const answer = await other.append('s', 1, [event]);
    expect(await one.append('s', 1, [event])).toEqual({ ...answer, repeated: true });
    expect(await one.append('s', 2, [event])).toEqual({ ...answer, repeated: true });
    expect(await one.append('s', 0, [sample()])).toEqual({ kind: 'conflict', actual: 2 });
    expect(await one.readStream('s')).toHaveLength(3);
  });
});

describe('what is known of streams', () => {
  it('is what was read of them, whoever read it', async () => {
    const [store, writer] = [open(), open()];
    const batch = samples(2);
    await put(writer, 's', batch);
    await store.readStream('s');
    await put(writer, 's', samples(1));
    await store.readStream('s', { from: 2 });
    const reads = server.reads();
    expect(await store.append('s', 2, samples(1))).toMatchObject({ revision: 3 });
    expect(server.reads()).toBe(reads);
    await expect(store.append('s', 3, [sample(), batch[1]!])).rejects.toThrow(EventIdClash);
    await expectChained(store, 's');
  });

  it('is read again when it had to be forgotten', async () => {
    const store = open({ mostIds: 2 });
    const streams = ['s-0', 's-1', 's-2'];
    const rounds = Array.from({ length: 4 }, () => streams.map((stream) => ({ stream, batch: samples(2, stream) })));
    for (const round of rounds) await Promise.all(round.map(({ stream, batch }) => put(store, stream, batch)));
    await Promise.all(
      rounds.flat().map(async ({ stream, batch }) => {
        expect(await store.append(stream, 'any', batch)).toMatchObject({ repeated: true });
        expect(await store.append(stream, 1, samples(1, stream))).toEqual({ kind: 'conflict', actual: 7 });
      }),
    );
    for (const stream of streams) await expectChained(store, stream);
  });

  it('is forgotten when the server was set back to a backup', async () => {
    const store = open();
    await put(store, 's', samples(3));
    await put(store, 't', samples(1, 't'));
    await server.stop();
    await server.start(createLog());
    const event = sample();
    expect(await store.append('s', 2, [event])).toEqual({ kind: 'conflict', actual: -1 });
    expect(await store.append('s', 'no-stream', [event])).toMatchObject({ revision: 0, repeated: false });
    await put(store, 't', samples(2, 't'));
    await expectChained(store, 's');
    await expectChained(store, 't');
  });

  it('does not take a batch for stored that a server set back to a backup has lost', async () => {
    const store = open();
    const batch = samples(2);
    await put(store, 's', batch);
    await server.stop();
    await server.start(createLog());
    expect(await store.append('s', 'no-stream', batch)).toMatchObject({ revision: 1, repeated: false });
    expect(await store.append('s', 'no-stream', batch)).toMatchObject({ revision: 1, repeated: true });
  });
});

describe('a server that is silent or goes down', () => {
  it('does not hold a read for longer than the limit', async () => {
    const store = open(IMPATIENT);
    await put(store, 's', samples(1));
    server.muteReads(true);
    await Promise.all([
      expect(store.readStream('s')).rejects.toThrow('silent'),
      expect(store.readAll(START, 1)).rejects.toThrow('silent'),
      expect(store.append('t', 'any', samples(1, 't'))).rejects.toThrow('silent'),
    ]);
  });

  it('does not hold a subscriber: it asks again until it is confirmed', async () => {
    const asked = new AbortController();
    const store = open({ ...IMPATIENT, onError: () => asked.abort() });
    await put(store, 's', samples(1));
    server.muteReads(true);
    const following = follow(store, START, 1);
    await new Promise((resolve) => {
      asked.signal.addEventListener('abort', resolve);
    });
    server.muteReads(false);
    expect(await following).toHaveLength(1);
  });

  it.each([
    ['with an error', UNAVAILABLE],
    ['because the consumer is too slow', WRITE_TIMED_OUT],
    ['in good order', 'in good order' as const],
  ])('ends subscriptions %s: nothing is missed, nothing comes twice', async (_, how) => {
    const [store, writer] = [open(), open()];
    const batches = Array.from({ length: 6 }, () => samples(20));
    const seen: string[] = [];
    const stop = new AbortController();
    await put(writer, 's', batches[0]!);
    for await (const batch of store.subscribe(START, stop.signal, { stream: 's' })) {
      seen.push(...ids(batch));
      const next = batches[Math.ceil(seen.length / 20)];
      if (seen.length % 20 > 0) continue;
      if (next === undefined) break;
      server.dropSubscriptions(how);
      await put(writer, 's', next);
    }
    expect(seen).toEqual(batches.flatMap((batch) => ids(batch)));
  });

  it('comes back: appends, reads and subscriptions go on', async () => {
    const store = open();
    const before = samples(2);
    await put(store, 's', before);
    const stop = new AbortController();
    const following = store.subscribe(START, stop.signal)[Symbol.asyncIterator]();
    const take = async (count: number): Promise<readonly string[]> => {
      const seen: string[] = [];
      while (seen.length < count) seen.push(...ids((await following.next()).value as readonly RecordedEvent[]));
      return seen;
    };
    expect(await take(2)).toEqual(ids(before));
    await server.stop();
    await server.start();
    const after = samples(2);
    await put(store, 's', after);
    expect(await take(2)).toEqual(ids(after));
    stop.abort();
    expect(await store.readStream('s')).toHaveLength(4);
    await expectChained(store, 's');
  });
});

describe('a consumer that takes its time', () => {
  it('makes the server wait, and then misses nothing', async () => {
    const total = 1_800;
    const [store, other] = [open(), open()];
    const slow = store.subscribe(START, new AbortController().signal)[Symbol.asyncIterator]();
    const seen: string[] = [];
    const take = async (): Promise<void> => {
      seen.push(...ids((await slow.next()).value as readonly RecordedEvent[]));
    };
    await put(store, 's', samples(1));
    await take();
    for (let count = 1; count < total; count += 257) await put(store, 's', samples(257));
    expect(await follow(other, START, total)).toHaveLength(total);
    expect(server.subscriptions()[0]!.sent).toBeLessThan(total - 300);
    while (seen.length < total) await take();
    expect(seen).toEqual(ids(await store.readStream('s')));
  });
});

describe('a node that is not the leader', () => {
  it('is not read, because it may be behind', async () => {
    const leader = await startStandIn();
    const writer = createEventStoreDbStore(leader.url);
    const events = samples(2);
    await put(writer, 's', events);
    server.followLeader(leader.port);
    const stale = [open(), open(), open()];
    expect(ids(await stale[0]!.readStream('s'))).toEqual(ids(events));
    expect(ids(await stale[1]!.readAll(START, 5))).toEqual(ids(events));
    expect(ids(await follow(stale[2]!, START, 2))).toEqual(ids(events));
    await Promise.all([...stores, writer].map((store) => store.close()));
    await leader.stop();
  });
});

describe('closing', () => {
  it('ends its subscriptions, here and on the server, and lets nothing begin any more', async () => {
    const store = open();
    await put(store, 's', samples(1));
    const following = store.subscribe(START, new AbortController().signal)[Symbol.asyncIterator]();
    await following.next();
    const next = following.next();
    expect(server.subscriptions()).toHaveLength(1);
    await store.close();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect(store.append('s', 'any', samples(1))).rejects.toThrow('closed');
    await expect(store.readStream('s')).rejects.toThrow('closed');
    expect(server.appends()).toBe(1);
  });
});
