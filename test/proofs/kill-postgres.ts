/**
 * The embedded Postgres is killed under load, again and again, and started again by the product's own watch. Nothing that
 * was acknowledged may be lost, nothing stored twice, and a subscriber sees every event once, in order, through it all.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createPostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { ids, samples } from '../../src/application/ports/event-store-samples.suite.ts';
import { START, type EventStore, type NewEvent } from '../../src/application/ports/event-store.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { killTree, parentOf } from './kill-tree.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';
import { faultsOf, wholeLog } from './whole-log.ts';

const WRITERS = 6;
const PAUSE_MS = 20;
/** The last event is seen by then, or the subscriber has stopped. */
const SEEN_WITHIN_MS = 30_000;

interface Tally {
  readonly acknowledged: string[];
  /** Tries without an answer. */
  unknown: number;
  /** Batches whose answer was lost and that were stored all the same. */
  foundStored: number;
}

export async function killPostgres({ times, random, say }: Asked): Promise<Verdict> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tradsy-kill-postgres-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  await migrate(postgres.url);
  const pool = createPool(postgres.url, { max: WRITERS + 6 });
  const store = createPostgresEventStore(pool);
  try {
    const tally: Tally = { acknowledged: [], unknown: 0, foundStored: 0 };
    const seen: string[] = [];
    const following = new AbortController();
    const subscriber = follow(store, following.signal, seen);
    let over = false;
    const writing = Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let turn = 0; !over; turn += 1) await persist(store, `w-${writer}`, 1 + ((turn + writer) % 3), tally);
      }),
    );

    const recoveries: number[] = [];
    for (let kill = 1; kill <= times; kill += 1) {
      const before = tally.acknowledged.length;
      await wait(50 + random() * 400);
      while (tally.acknowledged.length === before) await wait(PAUSE_MS);
      await killTree(await postmasterOf(pool));
      recoveries.push(await untilAnswering(pool));
      say(`kill ${kill} of ${times}: back after ${Math.round(recoveries.at(-1) ?? 0)} ms`);
    }
    over = true;
    await writing;
    const [last] = await persist(store, 'last', 1, tally);
    const end = performance.now() + SEEN_WITHIN_MS;
    while (seen.at(-1) !== last?.id && performance.now() < end) await wait(PAUSE_MS);
    following.abort();
    await subscriber;
    return verdict(await wholeLog(store), tally, seen, recoveries);
  } finally {
    await store.close();
    await pool.end();
    await postgres.stop();
    await removeDataFolder(dataDir);
  }
}

/** Appends a batch, the same one again for as long as there is no answer. */
async function persist(store: EventStore, stream: string, size: number, tally: Tally): Promise<readonly NewEvent[]> {
  const batch = samples(size, stream);
  for (;;) {
    try {
      const result = await store.append(stream, 'any', batch);
      if (result.kind === 'conflict') throw new TypeError('an unguarded append met a conflict');
      if (result.repeated) tally.foundStored += 1;
      tally.acknowledged.push(...ids(batch));
      return batch;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      tally.unknown += 1;
      await wait(PAUSE_MS);
    }
  }
}

async function follow(store: EventStore, signal: AbortSignal, seen: string[]): Promise<void> {
  for await (const batch of store.subscribe(START, signal)) seen.push(...ids(batch));
}

/** A backend's parent. */
async function postmasterOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const parent = parentOf(rows[0]?.pid ?? 0);
  if (parent === undefined) throw new Error('the server has no parent process');
  return parent;
}

/** How long it takes until the server answers again, in milliseconds. */
async function untilAnswering(pool: Pool): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const answer = await pool.query('select 1').catch(() => undefined);
    if (answer !== undefined) return performance.now() - begun;
    await wait(5);
  }
}

function verdict(
  log: Awaited<ReturnType<typeof wholeLog>>,
  { acknowledged, unknown, foundStored }: Tally,
  seen: readonly string[],
  recoveries: readonly number[],
): Verdict {
  const stored = new Set(ids(log));
  const lost = acknowledged.filter((id) => !stored.has(id)).length;
  const doubled = log.length - stored.size;
  const inOrder = seen.length === log.length && log.every(({ id }, index) => id === seen[index]);
  return {
    facts: {
      kills: recoveries.length,
      acknowledged: acknowledged.length,
      lost,
      doubled,
      'without an answer': unknown,
      'stored all the same': foundStored,
      seen: seen.length,
      'longest recovery ms': Math.round(Math.max(0, ...recoveries)),
    },
    broken: [
      ...unless(lost === 0, `${lost} acknowledged events are lost`),
      ...unless(log.length === acknowledged.length, `${log.length} events are stored, ${acknowledged.length} were`),
      ...unless(inOrder, `the subscriber saw ${seen.length} events, or in another order than the log's`),
      ...faultsOf(log).slice(0, 10),
    ],
  };
}
