import type { Pool } from 'pg';
import { expect, it } from 'vitest';

import { openTestStore } from '../../../test/support/postgres-store.ts';
import { ids, put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import { START, type EventStore } from '../../application/ports/event-store.ts';

const WRITERS = 8;
const ENOUGH = 20_000;
/** Writers stop by then, however few events there are; the reader has longer, to see the last one. */
const WRITING_MS = 6_000;
const READING_MS = 30_000;

/** Appends in transactions that take up to 5 ms more, every tenth of them rolled back. Gives the ids that were kept. */
async function write(pool: Pool, writer: number, done: () => boolean, kept: string[]): Promise<void> {
  const client = await pool.connect();
  try {
    for (let turn = 0; !done(); turn += 1) {
      const batch = samples(1 + ((turn * 7 + writer) % 40), `s-${writer}`);
      await client.query('begin');
      await client.query({
        name: 'append',
        text: 'select append_events($1, null, $2, $3, $4, $5)',
        values: [
          `s-${writer}`,
          ids(batch),
          batch.map(({ type }) => type),
          batch.map(({ data }) => JSON.stringify(data)),
          batch.map(({ metadata }) => JSON.stringify(metadata)),
        ],
      });
      await client.query('select pg_sleep($1)', [((turn * 3 + writer) % 6) / 1_000]);
      if ((turn + writer) % 10 === 9) {
        await client.query('rollback');
      } else {
        await client.query('commit');
        kept.push(...ids(batch));
      }
    }
  } finally {
    client.release();
  }
}

/** Reads on after the greatest number seen, as one would without thinking of commits that come out of order. */
async function followNaively(pool: Pool, done: () => boolean): Promise<readonly string[]> {
  const seen: string[] = [];
  let position = '0';
  for (;;) {
    const last = done();
    const { rows } = await pool.query<{ global_position: string; id: string }>(
      'select global_position, id from events where global_position > $1 order by global_position limit 1000',
      [position],
    );
    if (last && rows.length === 0) return seen;
    seen.push(...rows.map(({ id }) => id));
    position = rows.at(-1)?.global_position ?? position;
  }
}

/** What the store's subscriber sees, up to one event, or until `signal` aborts. */
async function followTo(store: EventStore, lastId: string, signal: AbortSignal): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const batch of store.subscribe(START, signal)) {
    seen.push(...ids(batch));
    if (seen.at(-1) === lastId) break;
  }
  return seen;
}

/** How many of the kept events a reader has not seen: a number, since a list of thousands takes minutes to print. */
function missing(kept: readonly string[], seen: readonly string[]): number {
  const known = new Set(seen);
  return kept.filter((id) => !known.has(id)).length;
}

it('8 writers, slow and rolled-back transactions: the naive reader skips events, the store none', async () => {
  const opened = await openTestStore();
  try {
    const { pool, owner, store } = opened;
    await owner.query('create index on events (global_position)');
    const kept: string[] = [];
    const last = sample('Noted', {}, 'last');
    let written = false;
    const begun = performance.now();
    const done = (): boolean => kept.length >= ENOUGH || performance.now() - begun > WRITING_MS;
    const writing = async (): Promise<void> => {
      try {
        await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(pool, writer, done, kept)));
        await put(store, 'last', [last]);
        kept.push(last.id);
      } finally {
        written = true;
      }
    };

    const [followed, naively] = await Promise.all([
      followTo(store, last.id, AbortSignal.timeout(WRITING_MS + READING_MS)),
      followNaively(pool, () => written),
      writing(),
    ]);
    expect(missing(kept, naively)).toBeGreaterThan(0);
    expect(missing(kept, followed)).toBe(0);
    expect(followed.length).toBe(kept.length);
  } finally {
    await opened.close();
  }
}, 60_000);
