/**
 * The process that keeps the read models is killed at random moments while orders are written, and another one takes its
 * place. In the end the rows are those that a fold of the whole log from scratch gives, byte for byte.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createPostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { applyAll, AT, createDesk, dump } from '../../src/adapters/postgres/views/desk.suite.ts';
import { put, sample } from '../../src/application/ports/event-store-samples.suite.ts';
import type { EventStore, Position } from '../../src/application/ports/event-store.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { systemIds } from '../../src/adapters/node/clock-and-ids.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';
import { wholeLog } from './whole-log.ts';

const PROGRAM = 'dist/proofs/projector.js';
const TRADERS = 2;
/** Then another account begins: positions have a limit. */
const TURNS = 40;
const CAUGHT_UP_WITHIN_MS = 60_000;

export async function killProjector({ times, random, say }: Asked): Promise<Verdict> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: it is built with the product`);
  const dataDir = mkdtempSync(join(tmpdir(), 'tradsy-kill-projector-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    await migrate(postgres.url);
    const pool = createPool(postgres.url);
    const owner = createPool(postgres.url, { max: 1, role: 'owner' });
    const store = createPostgresEventStore(pool);
    try {
      return await prove({ url: postgres.url, pool, owner, store }, { times, random, say });
    } finally {
      await store.close();
      await Promise.all([pool.end(), owner.end()]);
    }
  } finally {
    await postgres.stop();
    await removeDataFolder(dataDir);
  }
}

interface Parts {
  readonly url: string;
  readonly pool: Pool;
  readonly owner: Pool;
  readonly store: EventStore;
}

async function prove({ url, pool, owner, store }: Parts, { times, random, say }: Asked): Promise<Verdict> {
  let over = false;
  const trading = Promise.all(
    Array.from({ length: TRADERS }, async () => {
      while (!over) {
        const [userId, accountId] = [systemIds.random(), systemIds.random()];
        const desk = createDesk(store, accountId);
        await desk.account({ type: 'OpenAccount', userId, accountId, at: AT }, userId);
        for (let turn = 0; turn < TURNS && !over; turn += 1) await trade(desk, turn);
      }
    }),
  );
  let killedAtWork = 0;
  for (let kill = 1; kill <= times; kill += 1) {
    const projector = startProjector(url);
    // Half of the time it is killed soon after its first events, half of the time at any moment, also while it starts.
    if (random() < 0.5) await Promise.race([once(projector.lines, 'line'), projector.ended]);
    await wait(random() * 300);
    if (projector.applied() !== undefined) killedAtWork += 1;
    await projector.kill();
    if (kill % 10 === 0) say(`kill ${kill} of ${times}`);
  }
  over = true;
  await trading;
  const last = await put(store, 'last', [sample('Noted', {}, 'last')]);
  const caughtUp = await finish(url, last);

  const log = await wholeLog(store);
  const kept = await dump(pool);
  await owner.query(`truncate ${Object.keys(kept).join(', ')}`);
  await applyAll(pool, log);
  const folded = await dump(pool);
  const rows = Object.values(kept).reduce((sum, table) => sum + table.length, 0);
  const differing = Object.keys(folded).filter((table) => folded[table]?.join('\n') !== kept[table]?.join('\n'));
  return {
    facts: {
      kills: times,
      'of those at work': killedAtWork,
      events: log.length,
      rows,
      'differing tables': differing.length,
    },
    broken: [
      ...unless(caughtUp, `the views did not come to the end of the log within ${CAUGHT_UP_WITHIN_MS} ms`),
      ...unless(rows > 0, 'there is nothing to compare'),
      ...differing.map((table) => `${table} is not what the log gives`),
    ],
  };
}

/** Something that happens to orders, another thing every turn. */
async function trade(desk: ReturnType<typeof createDesk>, turn: number): Promise<void> {
  switch (turn % 4) {
    case 0:
      await desk.trade('buy', '2.5', '187.2');
      break;
    case 1: {
      const orderId = await desk.send({ symbol: 'IBM' });
      await desk.fill(orderId, '3', '3');
      await desk.fill(orderId, '7', '10');
      break;
    }
    case 2:
      await desk.trade('sell', '2', '188.1');
      break;
    default:
      await desk.assess({ quantity: '100000' });
  }
}

interface Projector {
  readonly lines: ReturnType<typeof createInterface>;
  readonly ended: Promise<unknown>;
  /** The last position that it told. */
  readonly applied: () => Position | undefined;
  readonly kill: () => Promise<void>;
}

function startProjector(url: string): Projector {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  let applied: Position | undefined;
  lines.on('line', (position) => {
    applied = position;
  });
  return {
    lines,
    ended,
    applied: () => applied,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A last projector, which nobody kills before it has come to the end of the log; whether it has. */
async function finish(url: string, last: Position): Promise<boolean> {
  const projector = startProjector(url);
  const end = performance.now() + CAUGHT_UP_WITHIN_MS;
  while ((projector.applied() ?? '') < last && performance.now() < end) await wait(20);
  await projector.kill();
  return (projector.applied() ?? '') >= last;
}
