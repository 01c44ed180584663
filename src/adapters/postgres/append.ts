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

interface Outcome {
  readonly outcome: 'appended' | 'repeated' | 'clash' | 'conflict' | 'raced';
  readonly revision: number;
  readonly transaction_id: string;
  readonly global_position: string;
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
  const values = [
    stream,
    expected === 'any' ? null : expected === 'no-stream' ? -1 : expected,
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
    events.map(({ metadata }) => JSON.stringify(metadata)),
  ];
  const outcome = await ask(pool, values).catch(async (error: unknown) => {
    if (!isUnanswered(error)) throw error;
    await sleep(ASK_AGAIN_AFTER_MS);
    return ask(pool, values);
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

async function ask(pool: Pool, values: readonly unknown[]): Promise<Outcome> {
  for (let races = 0; races < MOST_RACES; races += 1) {
    const outcome = await call(pool, values);
    if (outcome !== 'lost' && outcome.outcome !== 'raced') return outcome;
  }
  throw new Error(`an append to ${String(values[0])} lost ${MOST_RACES} races against other writers`);
}

async function call(pool: Pool, values: readonly unknown[]): Promise<Outcome | 'lost'> {
  try {
    const { rows } = await pool.query<Outcome>({
      name: 'events-append',
      text: 'select * from append_events($1, $2, $3, $4, $5, $6)',
      values: [...values],
    });
    return rows[0]!;
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
