import type { Pool } from 'pg';

import type { EventStore, Position } from '../../../application/ports/event-store.ts';
import { pause } from '../wakeup.ts';
import { readCheckpoint } from './checkpoint.ts';

export interface Lag {
  /** How far the views have come. */
  readonly position: Position;
  /** How long the oldest event that they have not applied has been waiting, in milliseconds; 0 without one. */
  readonly ms: number;
}

/** How far the views are behind the log, as the database and the store say now. Throws when either fails. */
export async function readLag(pool: Pool, store: Pick<EventStore, 'readAll'>, signature: string): Promise<Lag> {
  const position = await readCheckpoint(pool, signature);
  const [waiting] = await store.readAll(position, 1);
  return { position, ms: waiting === undefined ? 0 : Math.max(0, Date.now() - Date.parse(waiting.recordedAt)) };
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
