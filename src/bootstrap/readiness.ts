import type { Pool } from 'pg';
import type { Readiness } from '../adapters/http/needs.ts';
import type { Projections } from '../adapters/postgres/projections.ts';
import type { Lag } from '../adapters/postgres/projections/lag.ts';
import type { QuarantinedStream } from '../adapters/postgres/projections/quarantine.ts';
import type { Venue } from '../application/ports/market-data.ts';

const ANSWER_WITHIN_MS = 2_000;
/** An event takes a moment to be applied, always. */
const UNNOTICED_MS = 1_000;

/**
 * Asks every part whether it works: the database, the broker's venue and the read models.
 *
 * Orders that wait for a broker that fails are shown too; whether the broker answers is asked for itself.
 *
 * Read models that are behind are shown and make nothing unready: orders are decided from the event store alone, and all
 * processes share these rows, so taking one process away would help nobody and could take them all.
 */
export function createReadiness(
  pool: Pick<Pool, 'query'>,
  { venue, sending }: { readonly venue: Pick<Venue, 'clock'>; readonly sending: () => string },
  projections: Pick<Projections, 'lag' | 'quarantined'>,
): () => Promise<Readiness> {
  return async () => {
    const [database, broker, readModels] = await Promise.all([
      stateOf(() => pool.query('select 1').then(() => 'ok')),
      stateOf(() => venue.clock().then(() => 'ok')),
      stateOf(async () => readModelState(await projections.lag(), await projections.quarantined())),
    ]);
    const parts = { database, broker, sending: sending(), projections: readModels };
    return { ready: database === 'ok' && broker === 'ok', parts };
  };
}

/** In words: `ok`, or how far they are behind and how many streams some view could not follow. */
export function readModelState(
  lag: Pick<Lag, 'ms'>,
  quarantined: readonly Pick<QuarantinedStream, 'stream'>[],
): string {
  const streams = new Set(quarantined.map(({ stream }) => stream)).size;
  const faults = [
    lag.ms > UNNOTICED_MS ? `${(lag.ms / 1000).toFixed(1)} s behind` : null,
    streams === 0 ? null : `${streams} ${streams === 1 ? 'stream' : 'streams'} quarantined`,
  ].filter((fault) => fault !== null);
  return faults.length === 0 ? 'ok' : faults.join(', ');
}

async function stateOf(ask: () => Promise<string>): Promise<string> {
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve('does not answer'), ANSWER_WITHIN_MS).unref();
  });
  return Promise.race([ask().catch(() => 'fails'), late]);
}
