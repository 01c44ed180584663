import type { Pool } from 'pg';
import type { Readiness } from '../adapters/http/needs.ts';
import type { Venue } from '../application/ports/market-data.ts';

const ANSWER_WITHIN_MS = 2_000;

/** Asks every part whether it works: the database, and the broker's venue. */
export function createReadiness(pool: Pool, venue: Venue): () => Promise<Readiness> {
  return async () => {
    const [database, broker] = await Promise.all([stateOf(() => pool.query('select 1')), stateOf(() => venue.clock())]);
    return { ready: database === 'ok' && broker === 'ok', parts: { database, broker } };
  };
}

async function stateOf(ask: () => Promise<unknown>): Promise<string> {
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve('does not answer'), ANSWER_WITHIN_MS).unref();
  });
  const asked = ask().then(
    () => 'ok',
    () => 'fails',
  );
  return Promise.race([asked, late]);
}
