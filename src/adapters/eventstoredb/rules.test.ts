import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startStandIn, type StandIn } from '../../../test/support/eventstoredb/server.ts';
import { follow, ids, put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import { START } from '../../application/ports/event-store.ts';
import { BatchTooLarge, ForeignEvent, StreamDeleted } from './errors.ts';
import { createEventStoreDbStore, type EventStoreDbStore } from './event-store.ts';

let server: StandIn;
let store: EventStoreDbStore;
let admin: EventStoreDBClient;
beforeEach(async () => {
  server = await startStandIn();
  store = createEventStoreDbStore(server.url);
  admin = EventStoreDBClient.connectionString(server.url);
});
afterEach(async () => {
  await admin.dispose();
  await store.close();
  await server.stop();
});

/** What somebody else writes into the same server. */
const write = (stream: string, type = 'Noted'): Promise<unknown> =>
  admin.appendToStream(stream, jsonEvent({ type, data: { of: 'somebody else' } }), {
    credentials: { username: '', password: '' },
  });

describe('a server that others use too', () => {
  it('keeps what it writes for itself out of sight', async () => {
    const events = samples(20);
    for (const event of events) await put(store, 's', [event]);
    expect(server.log().records.length).toBeGreaterThan(20);
    expect(ids(await store.readAll(START, 100))).toEqual(ids(events));
    expect(ids(await follow(store, START, 20))).toEqual(ids(events));
  });

  it('shows a store with a prefix only what it wrote, under the names that it gave', async () => {
    const stores = ['a/', 'a/b/', 'c/'].map((prefix) => createEventStoreDbStore(server.url, { prefix }));
    for (let times = 0; times < 20; times += 1) {
      for (const one of stores) await put(one, 'order-1', samples(2, 'order-1'));
    }
    const [, second] = stores;
    const all = await second!.readStream('order-1');
    expect(all).toHaveLength(40);
    expect(await second!.readAll(START, 100)).toEqual(all);
    expect(await second!.readAll(all[4]!.position, 3)).toEqual(all.slice(5, 8));
    for (const scope of [undefined, { stream: 'order-1' }, { category: 'order' }]) {
      expect(await follow(second!, START, 40, scope)).toEqual(all);
    }
    expect(server.log().stream('a/b/order-1')).toHaveLength(40);
    await Promise.all(stores.map((one) => one.close()));
  });

  it('passes over events of others in the total order, and goes no further in a stream that has one', async () => {
    const before = samples(1);
    await put(store, 's', before);
    await write('s');
    await write('elsewhere');
    const after = samples(1, 't');
    await put(store, 't', after);
    expect(ids(await store.readAll(START, 10))).toEqual(ids([...before, ...after]));
    expect(ids(await follow(store, START, 2))).toEqual(ids([...before, ...after]));
    await expect(store.readStream('s')).rejects.toThrow(ForeignEvent);
    await expect(put(store, 's', samples(1))).rejects.toThrow(ForeignEvent);
  });

  it('has names of its own, which nobody else may use', async () => {
    await expect(put(store, '$s', samples(1, '$s'))).rejects.toThrow(TypeError);
    await expect(put(store, 's', [sample('$Noted')])).rejects.toThrow(TypeError);
  });
});

describe('what a server refuses', () => {
  it('a batch above its limit: throws, stores nothing, and the next one is stored', async () => {
    await put(store, 's', samples(1));
    const half = (): ReturnType<typeof sample> => sample('Noted', 'x'.repeat(600_000));
    const appending = store.append('s', 'any', [half(), half()]);
    await expect(appending).rejects.toThrow(BatchTooLarge);
    await expect(appending).rejects.toThrow(TypeError);
    expect(await store.append('s', 0, [half()])).toMatchObject({ revision: 1 });
  });

  it('a single event above the limit of a message: the same', async () => {
    await expect(put(store, 's', [sample('Noted', 'x'.repeat(5_000_000))])).rejects.toThrow(BatchTooLarge);
    expect(await store.readStream('s')).toEqual([]);
    await put(store, 's', samples(1));
  });

  it('a stream that was deleted for good: neither reads nor appends', async () => {
    await put(store, 's', samples(1));
    await admin.tombstoneStream('s');
    await expect(store.append('s', 0, samples(1))).rejects.toThrow(StreamDeleted);
    await expect(store.append('s', 'any', samples(1))).rejects.toThrow(StreamDeleted);
    await expect(store.readStream('s')).rejects.toThrow(StreamDeleted);
  });
});

describe('an address', () => {
  it.each([
    ['http://127.0.0.1:2113', 'esdb://'],
    ['esdb://127.0.0.1:2113', 'a name and a password'],
    ['esdb://?tls=false', 'address'],
  ])('%s is none', (url, complaint) => {
    const opening = (): unknown => createEventStoreDbStore(url);
    expect(opening).toThrow(TypeError);
    expect(opening).toThrow(complaint);
  });

  it('is looked up only when the store is used', async () => {
    await createEventStoreDbStore('esdb://a:b%40c@nowhere.invalid:2113').close();
  });

  it('of a cluster leads to its leader', async () => {
    const leader = await startStandIn();
    server.followLeader(leader.port);
    const clustered = createEventStoreDbStore(server.url.replace('esdb://', 'esdb+discover://'));
    await put(clustered, 's', samples(1));
    expect(await follow(clustered, START, 1)).toHaveLength(1);
    expect([server.appends(), leader.appends()]).toEqual([0, 1]);
    await clustered.close();
    await leader.stop();
  });
});

describe('a position', () => {
  it.each(['somewhere', '00000000000000000123-0000000000000000012', '99999999999999999999-99999999999999999999'])(
    '%s is none of this store',
    async (position) => {
      await expect(store.readAll(position, 1)).rejects.toThrow(TypeError);
    },
  );
});
