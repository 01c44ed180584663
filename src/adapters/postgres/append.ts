import { setTimeout as sleep } from 'node:timers/promises';

import { DatabaseError, type Pool } from 'pg';

import { assertAppendable } from '../../application/ports/appendable.ts';
import {
  EventIdClash,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
} from '../../application/ports/event-store.ts';
import { toPosition } from './event-rows.ts';

interface Place {
  readonly revision: number;
  readonly transaction_id: string;
  readonly global_position: string;
}

interface Outcome extends Place {
  readonly outcome: 'appended' | 'repeated' | 'clash' | 'conflict' | 'raced';
}

/** What is to be stored; `expected` is null for any revision, -1 for an empty stream. */
interface Batch {
  readonly stream: string;
  readonly expected: number | null;
  readonly events: readonly NewEvent[];
}

/** unique_violation, serialization_failure, deadlock_detected: another writer was first and nothing was stored. */
const LOST_RACE = new Set(['23505', '40001', '40P01']);
const MOST_RACES = 1_000;
const ASK_AGAIN_AFTER_MS = 250;

/**
 * One append, one round trip. When the connection breaks before the answer came, the same batch is sent once more:
 * its ids make that safe. If that gets no answer either it throws, and whether the batch is stored stays unknown until
 * it is appended again.
 */
export async function append(
  pool: Pool,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<AppendResult> {
  assertAppendable(stream, expected, events);
  const batch = { stream, expected: expected === 'any' ? null : expected === 'no-stream' ? -1 : expected, events };
  const outcome = await ask(pool, batch).catch(async (error: unknown) => {
    if (!isUnanswered(error)) throw error;
    await sleep(ASK_AGAIN_AFTER_MS);
    return ask(pool, batch);
  });
  switch (outcome.outcome) {
    case 'conflict':
      return { kind: 'conflict', actual: outcome.revision };
    case 'clash':
      throw new EventIdClash(`some events of this batch for ${stream} are stored already, but not as it`);
    default:
      return {
        kind: 'appended',
        revision: outcome.revision,
        position: toPosition(outcome),
        repeated: outcome.outcome === 'repeated',
      };
  }
}

async function ask(pool: Pool, batch: Batch): Promise<Outcome> {
  const [event, ...others] = batch.events;
  if (event !== undefined && others.length === 0) {
    const place = await unlessLost(storeOne(pool, batch, event));
    if (place !== 'lost' && place !== undefined) return { ...place, outcome: 'appended' };
  }
  for (let races = 0; races < MOST_RACES; races += 1) {
    const outcome = await unlessLost(store(pool, batch));
    if (outcome !== 'lost' && outcome.outcome !== 'raced') return outcome;
  }
  throw new Error(`an append to ${batch.stream} lost ${MOST_RACES} races against other writers`);
}

/**
 * Stores one event, as most appends do, in one statement: the head of the stream is seen, the event chained to it and
 * stored, at half of what `append_events` costs. Nothing is stored when the stream does not stand at `expected`, and
 * when another writer was faster or the id is known, which is an error; `store` says why.
 *
 * It is a transaction of its own, and its snapshot is older than its id: a stream's later event has the later id.
 */
export const STORE_ONE = `
  insert into events (stream, revision, id, type, data, metadata, recorded_at, hash)
  select $1::text, next.revision, $3::uuid, $4::text, $5::text::json, $6::text::json, next.at,
         event_hash(next.previous, $1::text, next.revision, $3::uuid, $4::text, next.at, $5::text, $6::text)
    from (
      select coalesce(head.revision, -1) + 1 as revision,
             coalesce(head.hash, repeat('0', 64)) as previous,
             clock_timestamp()::timestamptz(3) as at
        from (select) as once
        left join lateral (
          select h.revision, h.hash from events h where h.stream = $1::text order by h.revision desc limit 1
        ) as head on true
       where $2::integer is null or $2::integer = coalesce(head.revision, -1)
    ) as next
  returning revision, transaction_id, global_position`;

async function storeOne(pool: Pool, { stream, expected }: Batch, event: NewEvent): Promise<Place | undefined> {
  const { rows } = await pool.query<Place>({
    name: 'event-append',
    text: STORE_ONE,
    values: [stream, expected, event.id, event.type, JSON.stringify(event.data), JSON.stringify(event.metadata)],
  });
  return rows[0];
}

async function store(pool: Pool, { stream, expected, events }: Batch): Promise<Outcome> {
  const { rows } = await pool.query<Outcome>({
    name: 'events-append',
    text: 'select * from append_events($1, $2, $3, $4, $5, $6)',
    values: [
      stream,
      expected,
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(({ data }) => JSON.stringify(data)),
      events.map(({ metadata }) => JSON.stringify(metadata)),
    ],
  });
  return rows[0]!;
}

async function unlessLost<T>(asked: Promise<T>): Promise<T | 'lost'> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DatabaseError && LOST_RACE.has(error.code ?? '')) return 'lost';
    throw error;
  }
}

/** No word from the server about the batch itself: a broken connection, or the server going down (class 08, 57P). */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  return error.code?.startsWith('08') === true || error.code?.startsWith('57P') === true;
}
