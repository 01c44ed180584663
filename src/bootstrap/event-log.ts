/** The system of record: EventStoreDB where one is named, else the database. */
import type { Pool } from 'pg';
import { createPostgresEventStore } from '../adapters/postgres/event-store.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import { START } from '../application/ports/event-store.ts';
import type { Log } from '../application/ports/log.ts';
import { StartupError } from './startup-error.ts';

export interface EventLog {
  /** Which store it is: positions mean something in this one only. */
  readonly name: 'postgres' | 'eventstoredb';
  readonly store: EventStore;
  close(): Promise<void>;
}

/** Throws StartupError when the EventStoreDB that is named can not be reached. */
export async function openEventLog(url: string | null, pool: Pool, log: Log): Promise<EventLog> {
  if (url !== null) return openEventStoreDb(url, log);
  const store = createPostgresEventStore(pool, { onError: tell(log) });
  return { name: 'postgres', store, close: () => store.close() };
}

/** Its client is large, so it is loaded only when it is used. */
export async function openEventStoreDb(url: string, log: Log): Promise<EventLog> {
  const { createEventStoreDbStore } = await import('../adapters/eventstoredb/event-store.ts');
  try {
    const store = createEventStoreDbStore(url, { onError: tell(log) });
    try {
      await store.readAll(START, 1);
    } catch (error) {
      await store.close();
      throw error;
    }
    return { name: 'eventstoredb', store, close: () => store.close() };
  } catch (error) {
    throw new StartupError(`EVENTSTOREDB_URL can not be used: ${(error as Error).message}`);
  }
}

const tell =
  (log: Log) =>
  (error: unknown): void =>
    log.warn('the event store had trouble', { error: String(error) });
