import { afterEach, beforeEach, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../test/support/eventstoredb/server.ts';
import { openTestStore, type TestStore } from '../../test/support/postgres-store.ts';
import { openImport } from '../adapters/eventstoredb/import.ts';
import { followAll, put, samples } from '../application/ports/event-store-samples.suite.ts';
import { START } from '../application/ports/event-store.ts';
import { openEventLog } from './event-log.ts';

let database: TestStore;
let server: StandIn;
beforeEach(async () => {
  [database, server] = await Promise.all([openTestStore(), startStandIn()]);
});
afterEach(() => Promise.all([database.close(), server.stop()]));

const log = { info: () => undefined, warn: () => undefined, alarm: () => undefined };
const open = (url: string | null) => openEventLog(url, database.pool, log);
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

  const moved = await open(server.url);
  expect(await moved.store.readAll(START, 10)).toHaveLength(3);
  await moved.close();
  await expect(open(null)).rejects.toThrow('the events of this database are in EventStoreDB: set EVENTSTOREDB_URL');
});

it('takes the events that a database holds for its record, also where none was named yet', async () => {
  await put(database.store, 's', samples(1));
  await expect(open(server.url)).rejects.toThrow('run events:copy first');
});
