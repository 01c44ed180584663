/**
 * Eight writers whose transactions take up to 5 ms more and are rolled back every tenth time, and two readers: the store's
 * subscriber misses nothing, and one that goes by numbers alone does. If it did not, the race would have been too easy.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { createPostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { ids, put, sample, samples } from '../../src/application/ports/event-store-samples.suite.ts';
import { START, type EventStore } from '../../src/application/ports/event-store.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';

const WRITERS = 8;
const EVENTS = 100_000;
const WRITING_MS = 10 * 60_000;
const READING_MS = 60_000;

export async function gaps({ times, say }: Asked): Promise<Verdict> {
  const missed: number[] = [];
  const naively: number[] = [];
  let events = 0;
  for (let run = 1; run <= times; run += 1) {
    const dataDir = mkdtempSync(join(tmpdir(), 'tradsy-gaps-'));
    const postgres = await startEmbeddedPostgres({ dataDir });
    try {
      await migrate(postgres.url);
      const race = await raceOn(postgres.url);
      missed.push(race.missed);
      naively.push(race.missedNaively);
      events += race.kept;
      say(`run ${run} of ${times}: ${race.kept} events, the naive reader missed ${race.missedNaively}`);
    } finally {
      await postgres.stop();
      await removeDataFolder(dataDir);
    }
  }
  return {
    facts: { runs: times, events, missed: missed.join(' '), 'missed by a naive reader': naively.join(' ') },
    broken: [
      ...unless(
        missed.every((count) => count === 0),
        `the subscriber missed ${missed.join(', ')} events`,
      ),
      ...unless(
        naively.every((count) => count > 0),
        'a naive reader missed nothing: the race proves nothing',
      ),
    ],
  };
}

async function raceOn(url: string): Promise<Race> {
  const pool = createPool(url, { max: WRITERS + 8 });
  const owner = createPool(url, { max: 1, role: 'owner' });
  const store = createPostgresEventStore(pool);
  try {
    return await raceReaders({ pool, owner, store }, { enough: EVENTS, writingMs: WRITING_MS, readingMs: READING_MS });
  } finally {
    await store.close();
    await Promise.all([pool.end(), owner.end()]);
  }
}

export interface Race {
  /** Events that were committed. */
  readonly kept: number;
  readonly missed: number;
  readonly missedNaively: number;
  /** Events that the store's subscriber saw more than once, or that were rolled back. */
  readonly surplus: number;
}

export interface Course {
  /** Writers stop at so many events, or after the time, however few there are. */
  readonly enough: number;
  readonly writingMs: number;
  /** How much longer the subscriber has, to see the last one. */
  readonly readingMs: number;
}

/** One race between writers and readers, on a migrated database whose log is empty. */
export async function raceReaders(
  { pool, owner, store }: { readonly pool: Pool; readonly owner: Pool; readonly store: EventStore },
  { enough, writingMs, readingMs }: Course,
): Promise<Race> {
  await owner.query('create index on events (global_position)');
  const kept: string[] = [];
  const last = sample('Noted', {}, 'last');
  let written = false;
  const begun = performance.now();
  const done = (): boolean => kept.length >= enough || performance.now() - begun > writingMs;
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
    followTo(store, last.id, AbortSignal.timeout(writingMs + readingMs)),
    followNaively(pool, () => written),
    writing(),
  ]);
  const missed = missing(kept, followed);
  return {
    kept: kept.length,
    missed,
    missedNaively: missing(kept, naively),
    surplus: followed.length - (kept.length - missed),
  };
}

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
