import { afterEach, beforeEach, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../test/support/eventstoredb/server.ts';
import { openTestStore, type TestStore } from '../../test/support/postgres-store.ts';
import { openImport } from '../adapters/eventstoredb/import.ts';
import { createLeases } from '../adapters/postgres/leases.ts';
import { createCheckpoints } from '../adapters/postgres/reaction-checkpoints.ts';
import { followAll, put, samples } from '../application/ports/event-store-samples.suite.ts';
import { START } from '../application/ports/event-store.ts';
import { openEventLog } from './event-log.ts';
import type { AtMove } from './event-log.ts';

let database: TestStore;
let server: StandIn;
beforeEach(async () => {
  [database, server] = await Promise.all([openTestStore(), startStandIn()]);
});
afterEach(() => Promise.all([database.close(), server.stop()]));

const log = { info: () => undefined, warn: () => undefined, alarm: () => undefined };
const open = (url: string | null, atMove: AtMove = 'move') => openEventLog(url, database.pool, log, atMove);
async function opens(url: string | null): Promise<string> {
  const { name, close } = await open(url);
  await close();
  return name;
}

it('is in the database, or from the beginning in the EventStoreDB that is named', async () => {
  expect(await opens(null)).toBe('postgres');
  expect(await opens(null)).toBe('postgres');
  expect(await opens(server.url)).toBe('eventstoredb');
  expect(await opens(server.url)).toBe('eventstoredb');
});

it('moves when everything has been copied, and never back', async () => {
  await put(database.store, 's', samples(3));
  const events = await followAll(database.store, 3);
  expect(await opens(null)).toBe('postgres');
  await expect(open(server.url)).rejects.toThrow('run events:copy first');

  const target = openImport(server.url);
  await target.importEvents(events.slice(0, 2));
  await expect(open(server.url)).rejects.toThrow('run events:copy first');
  expect(await opens(null)).toBe('postgres');
  await target.importEvents(events);
  await target.close();

  await expect(open(server.url, 'refuse')).rejects.toThrow('start it first');
  const working = await createLeases(database.pool, { holder: 'test', onLost: () => undefined }).take(
    'order-desk',
    new AbortController().signal,
  );
  await expect(open(server.url)).rejects.toThrow('stop it, and run events:copy once more');
  await working?.release();
  expect(await opens(null)).toBe('postgres');

  const moved = await open(server.url);
  expect(await moved.store.readAll(START, 10)).toHaveLength(3);
  await moved.close();
  await expect(open(null)).rejects.toThrow('the events of this database are in EventStoreDB: set EVENTSTOREDB_URL');
  const other = await startStandIn();
  await expect(open(other.url)).rejects.toThrow('lacks events that the database has');
  await other.stop();
});

it('is no empty EventStoreDB where another one was followed', async () => {
  expect(await opens(server.url)).toBe('eventstoredb');
  await createCheckpoints(database.pool, 'eventstoredb').save('book-fills', 'p', 1);
  await expect(open(server.url)).rejects.toThrow('it is another one');
});

it('takes the events that a database holds for its record, also where none was named yet', async () => {
  await put(database.store, 's', samples(1));
  await expect(open(server.url)).rejects.toThrow('run events:copy first');
});
