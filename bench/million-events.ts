/**
 * A log of a million events: how long it takes to write it in bulk, to read and check all of it, hash by hash, and to build
 * all read models from it.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { sha256 } from '../src/adapters/node/sha256.ts';
import { createPostgresEventStore } from '../src/adapters/postgres/event-store.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { createPool } from '../src/adapters/postgres/pool.ts';
import { bringUpToDate } from '../src/adapters/postgres/rebuild.ts';
import { VIEWS } from '../src/adapters/postgres/views/all.ts';
import { CATALOGUE } from '../src/adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../src/adapters/stored-events/evolving-store.ts';
import { hashOf, NO_HASH } from '../src/application/ports/event-chain.ts';
import { START, type EventStore } from '../src/application/ports/event-store.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../src/bootstrap/embedded-postgres.ts';
import type { Figure } from './report.ts';
import { figure } from './report.ts';
import { writeEvents } from './write-events.ts';

const EVENTS = 1_000_000;
const PAGE = 5_000;
const GOAL_S = { written: 180, checked: 60, rebuilt: 60 };

export async function millionEvents(say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  try {
    await migrate(postgres.url);
    const owner = createPool(postgres.url, { role: 'owner' });
    const store = createPostgresEventStore(owner);
    try {
      const written = await seconds(() => writeEvents(owner, EVENTS, say));
      say('reading and checking all of them ...');
      const checked = await seconds(() => check(store));
      say('building the read models ...');
      const rebuilt = await seconds(() => rebuild(postgres.url, owner, store));
      return [
        figure('a million events written in bulk', written, 's', GOAL_S.written),
        figure('a million events read and checked', checked, 's', GOAL_S.checked),
        figure('a million events made into read models', rebuilt, 's', GOAL_S.rebuilt),
      ];
    } finally {
      await store.close();
      await owner.end();
    }
  } finally {
    await postgres.stop();
    await removeDataFolder(folder);
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}

/** As a release does at its start whose rows are of another store. */
async function rebuild(url: string, owner: Pool, store: EventStore): Promise<void> {
  await owner.query(`insert into projection_checkpoints (loop, position, views) values ('views', '', 'none: ')`);
  const log = { info: () => undefined, warn: () => undefined, alarm: (message: string) => fail(message) };
  const shaped = createEvolvingStore(store, { catalogue: CATALOGUE, log });
  const { signal } = new AbortController();
  const options = {
    url,
    store: shaped,
    log: 'postgres',
    views: VIEWS,
    signal,
    onQuarantined: (error: Error) => fail(error.message),
  };
  const outcome = await bringUpToDate(options, () => undefined);
  if (outcome !== 'rebuilt') fail(outcome);
}

function fail(message: string): never {
  throw new Error(message);
}

/** Throws when an event is missing or does not follow from the one before it in its stream. */
async function check(store: EventStore): Promise<void> {
  const heads = new Map<string, string>();
  let count = 0;
  let after = START;
  for (;;) {
    const page = await store.readAll(after, PAGE);
    for (const event of page) {
      const hash = hashOf(heads.get(event.stream) ?? NO_HASH, event, sha256);
      if (hash !== event.hash) throw new Error(`${event.stream}@${event.revision} is not chained`);
      heads.set(event.stream, hash);
    }
    count += page.length;
    if (page.length === 0) break;
    after = page.at(-1)?.position ?? after;
  }
  if (count !== EVENTS) throw new Error(`${count} of ${EVENTS} events are there`);
}
