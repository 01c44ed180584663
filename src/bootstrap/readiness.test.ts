import { expect, it } from 'vitest';
import { createTestDatabase } from '../../test/support/postgres.ts';
import type { Readiness } from '../adapters/http/needs.ts';
import { createPool } from '../adapters/postgres/pool.ts';
import type { Lag } from '../adapters/postgres/projections/lag.ts';
import { createReadiness, readModelState } from './readiness.ts';

const AT = '2026-03-02T15:00:00.000Z';

it.each([
  [{ ms: 0 }, [], 'ok'],
  [{ ms: 900 }, [], 'ok'],
  [{ ms: 4_230 }, [], '4.2 s behind'],
  [{ ms: 0 }, ['order-1'], '1 stream quarantined'],
  [{ ms: 61_000 }, ['order-1', 'order-2', 'order-1'], '61.0 s behind, 2 streams quarantined'],
])('%o behind with %o quarantined reads %s', (lag, streams, words) => {
  expect(
    readModelState(
      lag,
      streams.map((stream) => ({ stream })),
    ),
  ).toBe(words);
});

it('read models that are behind or can not be asked, and orders that wait, are shown and leave the product ready', async () => {
  const database = await createTestDatabase();
  const pool = createPool(database.url, { max: 1 });
  const venue = { clock: () => Promise.resolve({ now: AT, isOpen: true, nextOpen: AT, nextClose: AT }) };
  let sending = 'ok';
  const ready = (lag: () => Promise<Lag>): Promise<Readiness> =>
    createReadiness(pool, { venue, sending: () => sending }, { lag, quarantined: () => Promise.resolve([]) })();
  expect(await ready(() => Promise.resolve({ ms: 20_000, position: '1' }))).toEqual({
    ready: true,
    parts: { database: 'ok', broker: 'ok', sending: 'ok', projections: '20.0 s behind' },
  });
  sending = 'paper: orders wait.';
  expect(await ready(() => Promise.reject(new Error('of another release')))).toMatchObject({
    ready: true,
    parts: { sending: 'paper: orders wait.', projections: 'fails' },
  });
  await pool.end();
  await database.close();
});
