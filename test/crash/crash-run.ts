/** One crash: traders place orders, the process kills itself at a named point, another one takes over. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { OrderStory } from '../../contracts/story.ts';
import type { CrashPoint } from '../../src/application/ports/crash-points.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct } from '../support/running-product.ts';
import type { Evidence } from './invariants.ts';
import { isQuiet, readLedger } from './invariants.ts';

export interface CrashRun {
  readonly sandboxUrl: string;
  /** With the embedded Postgres, which outlives the crash and is taken over too. */
  readonly dataFolder: string;
  readonly point: CrashPoint;
  /** At which pass of the point. */
  readonly pass: number;
  /** The build to crash; the one that takes over is always the real one. */
  readonly program?: string;
  /** How long to wait for everything to settle: default 20 s. */
  readonly quietWithinMs?: number;
}

export interface CrashResult {
  readonly evidence: Evidence;
  /** Orders whose request was interrupted by the crash. */
  readonly interrupted: number;
}

const TRADERS = 2;
const ORDERS_EACH = 3;
const QUIET_WITHIN_MS = 20_000;

export async function crashAt(run: CrashRun): Promise<CrashResult> {
  const env = { SANDBOX_URL: run.sandboxUrl, TRADSY_DATA: run.dataFolder };
  const victim = await startProduct({ ...env, TRADSY_CRASH_AT: `${run.point}:${run.pass}` }, run.program);
  const port = new URL(victim.url).port;
  const traders = await Promise.all(Array.from({ length: TRADERS }, () => becomeTrader(victim.url)));

  const attempts = traders.flatMap((trader) =>
    Array.from({ length: ORDERS_EACH }, (_, n) => ({
      trader,
      requestId: randomUUID(),
      qty: `${n + 1}`,
      patient: n % 2 === 1,
    })),
  );
  const acknowledged: string[] = [];
  const interrupted: typeof attempts = [];
  const place = async (attempt: (typeof attempts)[number]): Promise<void> => {
    const form = {
      instrument: 'AAPL',
      side: 'buy',
      type: 'market',
      qty: attempt.qty,
      currentAsk: '0',
      currentBid: '0',
    };
    const answer = await attempt.trader.place(form, attempt.requestId);
    if ('orderId' in answer) acknowledged.push(answer.orderId);
  };
  await Promise.all(
    attempts.map(async (attempt, index) => {
      await wait(index * 15);
      await place(attempt).catch(() => interrupted.push(attempt));
    }),
  );
  await victim.ended;

  const heir = await startProduct({ ...env, PORT: port });
  try {
    // Some people try again, and some walk away after one failure.
    for (const attempt of interrupted) if (attempt.patient) await place(attempt);
    const evidence = await whenQuiet(run, traders, acknowledged);
    return { evidence, interrupted: interrupted.length };
  } finally {
    await stop(heir);
  }
}

/** What both sides know once everything has settled, or after the time allowed: default 20 s. */
export async function whenQuiet(
  { sandboxUrl, quietWithinMs = QUIET_WITHIN_MS }: Pick<CrashRun, 'sandboxUrl' | 'quietWithinMs'>,
  traders: readonly Visitor[],
  acknowledged: readonly string[],
): Promise<Evidence> {
  const end = Date.now() + quietWithinMs;
  for (;;) {
    const ledger = await readLedger(sandboxUrl);
    const stories = new Map<string, OrderStory | null>();
    for (const orderId of new Set([...acknowledged, ...ledger.map((order) => order.orderId)])) {
      stories.set(orderId, await storyOf(traders, orderId));
    }
    const evidence = { acknowledged, stories, ledger };
    if (isQuiet(evidence) || Date.now() > end) return evidence;
    await wait(200);
  }
}

async function storyOf(traders: readonly Visitor[], orderId: string): Promise<OrderStory | null> {
  for (const trader of traders) {
    const story = await trader.story(orderId).catch(() => null);
    if (story !== null) return story;
  }
  return null;
}

const stop = (program: RunningProgram): Promise<void> => program.kill('SIGTERM');
