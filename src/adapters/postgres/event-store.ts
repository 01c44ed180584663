import { Pool } from 'pg';

import type {
  EventStore,
  Position,
  ReadStreamOptions,
  RecordedEvent,
  Scope,
} from '../../application/ports/event-store.ts';
import { isInScope } from '../../application/ports/appendable.ts';
import { append } from './append.ts';
import { EVENT_COLUMNS, fromPosition, toRecordedEvent, type EventRow } from './event-rows.ts';
import { createWakeup, pause } from './wakeup.ts';

export interface PostgresEventStoreOptions {
  /** How often subscribers look for what no notification told, in milliseconds: default 100. */
  readonly pollMs?: number;
  /** Told about every failure that is retried inside: a subscriber's read, a notification, the listening connection. */
  readonly onError?: (error: unknown) => void;
}

export interface PostgresEventStore extends EventStore {
  /** Ends all subscriptions and the listening connection. The pool stays open. */
  close(): Promise<void>;
}

const BATCH = 500;
/** Pauses while a committed event is still hidden behind an older open transaction. */
const HIDDEN_MS = { first: 1, longest: 20 };
const RETRY_MS = { first: 50, longest: 2_000 };

/**
 * The event store on Postgres 15 or later, in the schema that `migrate` makes.
 *
 * Readers of the total order resume after the pair (transaction id, global position), and see a transaction only when
 * no older one is open any more: then nothing can ever appear behind them. The price: a writing transaction that stays
 * open, in any database of the server, holds all of them back until it ends.
 */
export function createPostgresEventStore(pool: Pool, options: PostgresEventStoreOptions = {}): PostgresEventStore {
  const { pollMs = 100, onError = () => {} } = options;
  const closed = new AbortController();
  const wakeup = createWakeup({ pool, pollMs, onError });

  async function readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const { rows } = await pool.query<EventRow>({
      name: 'events-read-all',
      text: `select ${EVENT_COLUMNS} from events
             where (transaction_id, global_position) > ($1::text::xid8, $2::bigint)
               and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
             order by events.transaction_id, global_position limit $3`,
      values: [...fromPosition(after), limit],
    });
    return rows.map(toRecordedEvent);
  }

  async function* subscribe(
    after: Position,
    stop: AbortSignal,
    scope?: Scope,
  ): AsyncGenerator<readonly RecordedEvent[]> {
    fromPosition(after);
    const signal = AbortSignal.any([stop, closed.signal]);
    let cursor = after;
    let hiddenMs = HIDDEN_MS.first;
    let retryMs = RETRY_MS.first;
    while (!signal.aborted) {
      const batch = await readAll(cursor, BATCH).catch(onError);
      if (!batch) {
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, RETRY_MS.longest);
      } else if (batch.length > 0) {
        if (signal.aborted) return;
        cursor = batch.at(-1)!.position;
        hiddenMs = HIDDEN_MS.first;
        retryMs = RETRY_MS.first;
        const wanted = scope === undefined ? batch : batch.filter(({ stream }) => isInScope(stream, scope));
        if (wanted.length > 0) yield wanted;
      } else if (wakeup.known() > cursor) {
        await pause(hiddenMs, signal);
        hiddenMs = Math.min(hiddenMs * 2, HIDDEN_MS.longest);
      } else {
        await wakeup.newerThan(cursor, signal);
      }
    }
  }

  return {
    async append(stream, expected, events) {
      const result = await append(pool, stream, expected, events);
      if (result.kind === 'appended' && !result.repeated) wakeup.announce(result.position);
      return result;
    },
    readStream: (stream, wanted = {}) => readStream(pool, stream, wanted),
    readAll,
    subscribe,
    async close() {
      closed.abort();
      await wakeup.close();
    },
  };
}

/** The longest that such a read may take: who is told later is told nothing. */
const PROMPT_MS = 1_000;

/**
 * Reads streams on connections of its own, so that a read waits for nothing that the others have to do. Rejects within
 * about a second when the server does not answer.
 */
export function createPromptReader({ options }: Pool): Pick<EventStore, 'readStream'> & { close(): Promise<void> } {
  const pool = new Pool({
    ...options,
    max: 2,
    connectionTimeoutMillis: PROMPT_MS,
    statement_timeout: PROMPT_MS,
    query_timeout: PROMPT_MS,
  });
  // A connection that breaks while nobody uses it is replaced; one in use fails its read.
  pool.on('error', () => {});
  return {
    readStream: (stream, wanted = {}) => readStream(pool, stream, wanted),
    close: () => pool.end(),
  };
}

const READ_STREAM = {
  forwards: `select ${EVENT_COLUMNS} from events where stream = $1 and revision >= $2
             order by revision limit $3`,
  backwards: `select ${EVENT_COLUMNS} from events where stream = $1 and revision <= coalesce($2, 2147483647)
              order by revision desc limit $3`,
};

async function readStream(pool: Pool, stream: string, options: ReadStreamOptions): Promise<readonly RecordedEvent[]> {
  const { direction = 'forwards', limit = null } = options;
  const { rows } = await pool.query<EventRow>({
    name: `events-read-${direction}`,
    text: READ_STREAM[direction],
    values: [stream, options.from ?? (direction === 'forwards' ? 0 : null), limit],
  });
  return rows.map(toRecordedEvent);
}
