/** The end of a world: the product is started once more and left alone until all is quiet, and then everything is judged. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { brokerOrder, brokerPosition, ok } from '../../../contracts/broker-api.ts';
import { readHeads } from '../../../src/adapters/audit/head-file.ts';
import { publicKeysIn, trustIn } from '../../../src/adapters/audit/keys.ts';
import { verifyStore } from '../../../src/adapters/audit/verify-store.ts';
import { systemClock } from '../../../src/adapters/node/clock-and-ids.ts';
import { postgresSource } from '../../../src/adapters/postgres/log-source.ts';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { peekCheckpoint } from '../../../src/adapters/postgres/projections/checkpoint.ts';
import { verifyViews } from '../../../src/adapters/postgres/verify.ts';
import { VIEWS } from '../../../src/adapters/postgres/views/all.ts';
import { CATALOGUE } from '../../../src/adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../../src/adapters/stored-events/evolving-store.ts';
import { createPostgresEventStore } from '../../../src/adapters/postgres/event-store.ts';
import { verdictLine } from '../../../src/adapters/words/audit.ts';
import { headsFile } from '../../../src/bootstrap/audit/folder.ts';
import { START } from '../../../src/application/ports/event-store.ts';
import type { Visitor } from '../../../src/bootstrap/demo/visitor.ts';
import type { QuietEvidence, Shown, Violation } from '../check/evidence.ts';
import { recordOf } from '../check/record.ts';
import { unsettled } from '../check/unsettled.ts';
import { TIMELY, violations } from '../check/violations.ts';
import { dueNow, recover, slowness } from './episode.ts';
import type { Recovery } from './episode.ts';
import { isDoubtful, judge, lookFor } from './judge.ts';
import type { Trader } from './traders.ts';
import type { World } from './world.ts';

export interface Ending {
  readonly recovery: Recovery;
  readonly violations: readonly Violation[];
  /** Orders that the broker has never got, and how long the longest of them was in doubt. */
  readonly neverReceived: number;
  readonly longestDoubtMs: number;
}

/** A doubt that the broker never resolves ends after a minute. */
const DOUBTS_END_MS = 90_000;
const QUIET_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 250;
/** Views that are further behind than that are wrong. */
const VIEWS_WITHIN_MS = 2_000;

/**
 * `doubts`: whether orders that never reached the broker are waited for until they are given up, or left when they are
 * young. Null when `signal` has aborted.
 */
export async function finishWorld(world: World, doubts: 'wait' | 'leave', signal: AbortSignal): Promise<Ending | null> {
  const due = await dueNow(world);
  const life = world.start(null);
  const recovery = await recover(world, life, due);
  if (recovery.ms === null) throw new Error(`the product did not start for the last time: ${life.output()}`);
  const slowMs = await slowness(life);
  const end = Date.now() + (doubts === 'wait' ? DOUBTS_END_MS : QUIET_WITHIN_MS) + slowMs;
  while (!(await isQuiet(world, doubts)) && Date.now() < end) {
    if (signal.aborted) return null;
    await world.clients.tryAgain();
    await wait(LOOK_EVERY_MS);
  }
  await untilApplied(world);
  const shown = await Promise.all(world.traders.map(shownTo));
  await life.end('SIGTERM');
  const quiet = await verified(world, shown, doubts);
  const found = await judge(world, await dueNow(world), quiet, slowMs);
  return { recovery, violations: found, ...(await doubtsOf(world)) };
}

/** Whether nothing moves any more. */
async function isQuiet(world: World, doubts: 'wait' | 'leave'): Promise<boolean> {
  if (world.door.underWay() > 0 || world.clients.isWaiting()) return false;
  const evidence = await lookFor(world, await dueNow(world));
  const record = recordOf(evidence.events);
  if (violations(evidence, TIMELY).length > 0 || unsettled(evidence.ledger, record).length > 0) return false;
  return [...record.orders.values()].every(
    ({ state: { status } }) => status !== 'placed' && (doubts === 'leave' || !isDoubtful(status)),
  );
}

/** The views follow the log: what is shown is what had been recorded when they have come to it, or when they are late. */
async function untilApplied({ databaseUrl, reader }: World): Promise<void> {
  const pool = createPool(databaseUrl, { applicationName: 'chaos-views', max: 1 });
  try {
    const last = (await reader.all()).at(-1)?.position ?? START;
    const end = Date.now() + VIEWS_WITHIN_MS;
    while ((await peekCheckpoint(pool)).position < last && Date.now() < end) await wait(LOOK_EVERY_MS);
  } finally {
    await pool.end();
  }
}

async function shownTo({ visitor }: Trader): Promise<Shown> {
  const [open, ended, positions] = await Promise.all([
    list(visitor, brokerOrder, 'orders'),
    list(visitor, brokerOrder, 'ordersHistory?maxCount=1000'),
    list(visitor, brokerPosition, 'positions'),
  ]);
  const orders = new Map([...ended, ...open].map((order) => [order.id, order]));
  return { accountId: visitor.accountId, orders: [...orders.values()], positions };
}

const TRIES = 10;

/** Asked again when the answer is a refusal: the broker that fails is asked for prices, too. */
async function list<T extends z.ZodType>(visitor: Visitor, schema: T, path: string): Promise<z.infer<T>[]> {
  for (let left = TRIES; ; left -= 1) {
    const answer = await visitor.call('GET', path);
    const read = ok(z.array(schema)).safeParse(answer);
    if (read.success) return read.data.d;
    if (left === 0) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    await wait(LOOK_EVERY_MS);
  }
}

async function verified(
  { databaseUrl, dataFolder, sandbox }: World,
  shown: readonly Shown[],
  doubts: 'wait' | 'leave',
): Promise<QuietEvidence> {
  const pool = createPool(databaseUrl, { applicationName: 'chaos-verify' });
  const bare = createPostgresEventStore(pool);
  try {
    const readModels = await verifyViews({
      url: databaseUrl,
      store: createEvolvingStore(bare, { catalogue: CATALOGUE, log: { alarm: () => undefined } }),
      log: 'postgres',
      views: VIEWS,
      signal: new AbortController().signal,
      onApplied: () => undefined,
      onQuarantined: () => undefined,
    });
    const audit = join(dataFolder, 'audit');
    const verdict = await verifyStore({
      source: postgresSource(pool),
      heads: await readHeads(headsFile(audit)),
      trust: trustIn(publicKeysIn(audit)),
      now: systemClock.now,
      onProgress: () => undefined,
    });
    return {
      holdings: await sandbox.holdings(),
      shown,
      readModels,
      doubts: doubts === 'wait' ? 'waited' : 'left',
      logFault: verdict.kind === 'ok' ? null : verdictLine(verdict),
    };
  } finally {
    await bare.close();
    await pool.end();
  }
}

async function doubtsOf(world: World): Promise<Pick<Ending, 'neverReceived' | 'longestDoubtMs'>> {
  const { orders } = recordOf(await world.reader.all());
  let [neverReceived, longestDoubtMs] = [0, 0];
  for (const { events } of orders.values()) {
    const sent = events.find(({ type }) => type === 'SubmissionClaimed');
    const given = events.find(({ type }) => type === 'OrderNotReceived');
    if (sent === undefined || given === undefined) continue;
    neverReceived += 1;
    longestDoubtMs = Math.max(longestDoubtMs, Date.parse(given.recordedAt) - Date.parse(sent.recordedAt));
  }
  return { neverReceived, longestDoubtMs };
}
