/** The system of record: EventStoreDB where one is named, else the database. */
import type { Pool } from 'pg';
import { hasFollowed, newestStored, recordedLogName, recordLogName } from '../adapters/postgres/event-log-name.ts';
import { createPostgresEventStore, createPromptReader } from '../adapters/postgres/event-store.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import { START } from '../application/ports/event-store.ts';
import type { Log } from '../application/ports/log.ts';
import { StartupError } from './startup-error.ts';

export interface EventLog {
  /** Which store it is: positions mean something in this one only. */
  readonly name: 'postgres' | 'eventstoredb';
  readonly store: EventStore;
  /** Reads one stream, however busy the store is with everything else. */
  readonly readPromptly: EventStore['readStream'];
  close(): Promise<void>;
}

/** What `openEventLog` does where the record has been copied to another store and is named there for the first time. */
export type AtMove = 'move' | 'refuse';

/**
 * Throws StartupError when the EventStoreDB that is named can not be reached, or when the record of this database is in
 * another store: orders decided on an old or an empty one would be sent once more.
 */
export async function openEventLog(url: string | null, pool: Pool, log: Log, atMove: AtMove): Promise<EventLog> {
  const opened = url === null ? openPostgres(pool, log) : await openEventStoreDb(url, log);
  try {
    await assertRecord(opened, pool, atMove);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function openPostgres(pool: Pool, log: Log): EventLog {
  const store = createPostgresEventStore(pool, { onError: tell(log) });
  const reader = createPromptReader(pool);
  return {
    name: 'postgres',
    store,
    readPromptly: reader.readStream,
    async close() {
      await Promise.all([store.close(), reader.close()]);
    },
  };
}

/** Once the record has moved to EventStoreDB it stays there; and it moves only when all of it has been copied. */
async function assertRecord({ name, store }: EventLog, pool: Pool, atMove: AtMove): Promise<void> {
  const newest = await newestStored(pool);
  const recorded = await recordedLogName(pool, newest === undefined ? name : 'postgres');
  if (name === 'postgres') {
    if (recorded === name) return;
    throw new StartupError('the events of this database are in EventStoreDB: set EVENTSTOREDB_URL');
  }
  // Also later: what the database held when the record moved is there for good.
  if (newest !== undefined) {
    const [copied] = await store.readStream(newest.stream, { from: newest.revision, limit: 1 });
    if (copied?.hash !== newest.hash) {
      throw new StartupError(
        'EVENTSTOREDB_URL lacks events that the database has: stop Tradsy, and run events:copy first',
      );
    }
  } else if ((await hasFollowed(pool, name)) && (await store.readAll(START, 1)).length === 0) {
    throw new StartupError('EVENTSTOREDB_URL holds no events, and this database has followed some: it is another one');
  }
  if (recorded === name) return;
  if (atMove === 'refuse') {
    throw new StartupError(
      'the record of this database moves to EventStoreDB when Tradsy is started there: start it first',
    );
  }
  if (!(await recordLogName(pool, name))) {
    throw new StartupError('Tradsy runs on this database with another record: stop it, and run events:copy once more');
  }
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
    return { name: 'eventstoredb', store, readPromptly: store.readStream, close: () => store.close() };
  } catch (error) {
    throw new StartupError(`EVENTSTOREDB_URL can not be used: ${(error as Error).message}`);
  }
}

const tell =
  (log: Log) =>
  (error: unknown): void =>
    log.warn('the event store had trouble', { error: String(error) });
