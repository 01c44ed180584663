/**
 * Two processes on one database offer a broker three times the requests that it allows in a minute, for minutes. It counts in
 * every window of sixty seconds that can be laid, refuses what is too much, and knows when each request came. None may be
 * refused, and cancels must not wait.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { DEFAULT_LIMIT, MINUTE } from '../../src/application/ports/request-budget.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';
import type { RequestRow } from './sends/faulty-broker.ts';
import { startFaultyBroker } from './sends/faulty-broker.ts';
import { linkAccount } from './sends/link-account.ts';
import type { Load, Loaded } from './sends/offered-load.ts';

const PROGRAM = 'dist/proofs/load.js';
const PROCESSES = 2;
/** Alpaca: requests that an account may make in a minute. */
const ALLOWED = 200;
const WINDOW_MS = 60_000;
const CANCEL_WITHIN_MS = 2_000;
/** Of each process: together 3.1 times what is allowed. */
const EVERY = { order: 290, lookUp: 800, list: 2_000, cancel: 4_000 };

/** `times`: minutes. */
export async function requestBudget({ times, random, say }: Asked): Promise<Verdict> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: it is built with the product`);
  const dataDir = mkdtempSync(join(tmpdir(), 'tradsy-request-budget-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const broker = await startFaultyBroker(Math.floor(random() * 1_000_000));
  try {
    await migrate(postgres.url);
    const access = await linkAccount(broker.url);
    await broker.set({ rate_limit: ALLOWED, rate_window_ms: WINDOW_MS, rate_windows: 'sliding' });
    const before = (await broker.requests()).at(-1)?.id ?? 0;
    const load = {
      url: broker.url,
      databaseUrl: postgres.url,
      access,
      limit: DEFAULT_LIMIT,
      window: MINUTE,
      forMs: times * 60_000,
      every: EVERY,
      freshMs: 15_000,
      patienceMs: 10_000,
    };
    say(`${PROCESSES} processes ask for ${times} minutes`);
    const loaded = await Promise.all(Array.from({ length: PROCESSES }, () => offer(load)));
    const verdict = judgeLoad(loaded, await broker.requests(before), { allowed: ALLOWED, windowMs: WINDOW_MS });
    const minutes = loaded.reduce((sum, { offered }) => sum + offered, 0) / times;
    return {
      facts: { minutes: times, 'offered a minute': Math.round(minutes), ...verdict.facts },
      broken: verdict.broken,
    };
  } finally {
    await broker.stop();
    await postgres.stop();
    await removeDataFolder(dataDir);
  }
}

async function offer(load: Omit<Load, 'pool'> & { readonly databaseUrl: string }): Promise<Loaded> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(load)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const told = await text(child.stdout);
  await ended;
  return JSON.parse(told) as Loaded;
}

/** Whether the broker was asked for no more than it allows, and every cancel went at once. */
export function judgeLoad(
  loaded: readonly Loaded[],
  requests: readonly RequestRow[],
  { allowed, windowMs }: { readonly allowed: number; readonly windowMs: number },
): Verdict {
  const sum = (of: (each: Loaded) => number): number => loaded.reduce((total, each) => total + of(each), 0);
  const cancels = loaded.flatMap((each) => each.cancels);
  const took = cancels.map((each) => each ?? Infinity).toSorted((a, b) => a - b);
  const p99 = took[Math.min(took.length - 1, Math.floor(took.length * 0.99))] ?? Infinity;
  const refused = requests.filter(({ status }) => status === 429).length;
  const most = mostInWindow(requests, windowMs);
  const offered = sum((each) => each.offered);
  return {
    facts: {
      offered,
      came: requests.length,
      'most in any window': most,
      refused,
      orders: sum((each) => each.orders),
      'orders held back': sum((each) => each.held),
      'orders claimed in vain': sum((each) => each.notSent),
      'look-ups': sum((each) => each.lookUps),
      lists: sum((each) => each.lists),
      cancels: cancels.length,
      'cancels p50 ms': Math.round(took[Math.floor(took.length / 2)] ?? Infinity),
      'cancels p99 ms': Math.round(p99),
    },
    broken: [
      ...unless(refused === 0, `${refused} requests were more than the broker allows`),
      ...unless(most <= allowed, `${most} requests came in one window`),
      ...unless(offered >= 2 * requests.length, 'too little was offered to prove anything'),
      ...unless(requests.length > 0 && cancels.length > 0, 'nothing came to the broker'),
      ...unless(p99 <= CANCEL_WITHIN_MS, `one cancel of a hundred took ${Math.round(p99)} ms`),
      ...unless(sum((each) => each.lookUps) > 0 && sum((each) => each.lists) > 0, 'look-ups or lists were starved'),
    ],
  };
}

/** The most requests in any window that can be laid, by the times at which they came. */
function mostInWindow(requests: readonly RequestRow[], windowMs: number): number {
  const times = requests.map((request) => request.at_ms).toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [n, at] of times.entries()) {
    while ((times[first] ?? at) <= at - windowMs) first += 1;
    most = Math.max(most, n - first + 1);
  }
  return most;
}
