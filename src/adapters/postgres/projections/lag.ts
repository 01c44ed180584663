import type { Pool } from 'pg';

import type { EventStore, Position } from '../../../application/ports/event-store.ts';
import { fromPosition } from '../event-rows.ts';
import { pause } from '../wakeup.ts';
import { readCheckpoint } from './checkpoint.ts';

export interface Lag {
  /** How far the views have come. */
  readonly position: Position;
  /** How long the oldest event that they have not applied has been waiting, in milliseconds; 0 without one. */
  readonly ms: number;
}

export interface LagOptions {
  readonly pool: Pool;
  readonly store: Pick<EventStore, 'readAll'>;
  /** The event store's name. */
  readonly log: string;
  readonly signature: string;
}

/** How far the views are behind the log, as the database and the store say now. Throws when either fails. */
export async function readLag({ pool, store, log, signature }: LagOptions): Promise<Lag> {
  const position = await readCheckpoint(pool, signature);
  const since = log === 'postgres' ? await waitingInPostgres(pool, position) : await waitingIn(store, position);
  return { position, ms: since === null ? 0 : Math.max(0, Date.now() - since.getTime()) };
}

/**
 * Since when the oldest event after a position waits; null without one. The store itself shows no event behind an older
 * open transaction, and that is what such an event waits for.
 */
async function waitingInPostgres(pool: Pool, after: Position): Promise<Date | null> {
  const { rows } = await pool.query<{ recorded_at: Date }>({
    name: 'lag-oldest',
    text: `select recorded_at from events where (transaction_id, global_position) > ($1::text::xid8, $2::bigint)
           order by transaction_id, global_position limit 1`,
    values: [...fromPosition(after)],
  });
  return rows[0]?.recorded_at ?? null;
}

async function waitingIn(store: Pick<EventStore, 'readAll'>, after: Position): Promise<Date | null> {
  const [waiting] = await store.readAll(after, 1);
  return waiting === undefined ? null : new Date(waiting.recordedAt);
}

export interface LagWatch {
  readonly lag: () => Promise<Lag>;
  readonly signal: AbortSignal;
  /** How often to look, in milliseconds: default 1,000. */
  readonly everyMs?: number;
  /** What is still no lag, in milliseconds: default 1,000. */
  readonly mostMs?: number;
  /** Told once when two looks in a row have found more than that. */
  readonly onBehind: (lag: Lag) => void;
  /** Told once when it is over. */
  readonly onCaughtUp: () => void;
}

/** Looks at the lag until `signal` aborts. A look that fails says nothing: whoever fails there is told of elsewhere. */
export async function watchLag({
  lag,
  signal,
  everyMs = 1_000,
  mostMs = 1_000,
  onBehind,
  onCaughtUp,
}: LagWatch): Promise<void> {
  let looksBehind = 0;
  while (!signal.aborted) {
    await pause(everyMs, signal);
    const found = await lag().catch(() => null);
    if (found === null || signal.aborted) continue;
    if (found.ms > mostMs) {
      looksBehind += 1;
      if (looksBehind === 2) onBehind(found);
    } else {
      if (looksBehind >= 2) onCaughtUp();
      looksBehind = 0;
    }
  }
}
