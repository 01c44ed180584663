/**
 * Thousands of orders that must be refused, and as many that must not, through the product's own door: of the bad ones none
 * reaches the broker and each has the code that says why; of the good ones none is refused, by us or by the broker.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import { writeUnhurriedLimits } from '../support/limits-file.ts';
import { readLedger } from '../support/order-records.ts';
import { startProduct } from '../support/running-product.ts';
import { BAD_KINDS, badForm, goodForm } from './orders/forms.ts';
import type { Market, Random } from './orders/forms.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';

/** So many that a trader's own requests stay within the broker's limit of requests a minute. */
const TRADERS = 40;
const SYMBOLS = ['AAPL', 'MSFT', 'KO', 'F', 'IBM', 'T'];
const SETTLED_WITHIN_MS = 30_000;

interface Tally {
  readonly wrong: string[];
  readonly codes: Map<string, number>;
  readonly good: Set<string>;
  readonly admissionMs: number[];
}

export async function orders({ times, random, say }: Asked): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-orders-'));
  const limits = writeUnhurriedLimits(join(folder, 'limits.json'));
  const product = await startProduct({ TRADSY_DATA: join(folder, 'data'), TRADSY_LIMITS: limits });
  try {
    const traders: Visitor[] = [];
    for (let n = 0; n < TRADERS; n += 1) traders.push(await becomeTrader(product.url));
    say(`${TRADERS} traders`);
    const tally: Tally = { wrong: [], codes: new Map(), good: new Set(), admissionMs: [] };
    let next = 0;
    const each = async (trader: Visitor): Promise<void> => {
      for (let n = (next += 1); n <= times; n = next += 1) {
        const market = await marketOf(trader, SYMBOLS[n % SYMBOLS.length]!);
        await placeBad(trader, n, random, market, tally);
        await placeGood(trader, n, random, market, tally);
        if (n % 200 === 0) say(`${n} of ${times} bad ones and as many good ones`);
      }
    };
    await Promise.all(traders.map(each));
    return await verdict(product.url, times, tally);
  } finally {
    await product.kill('SIGTERM');
    await removeDataFolder(folder);
  }
}

const marketOf = async (trader: Visitor, symbol: string): Promise<Market> => ({
  symbol,
  ...(await trader.quote(symbol)),
});

async function placeBad(trader: Visitor, n: number, random: Random, market: Market, tally: Tally): Promise<void> {
  const { kind, form, code, why } = badForm(n, random, market);
  const answer = await trader.place(form, `bad-${n}`);
  const said = 'refusal' in answer ? answer.refusal : null;
  const whys = [...(said?.reasons ?? []), ...(said?.breaches ?? []).map(({ rule }) => rule)];
  if (said?.code !== code || (why !== null && !(whys as readonly string[]).includes(why))) {
    tally.wrong.push(`${kind} (${JSON.stringify(form)}) was answered ${JSON.stringify(answer)}`);
  }
  const name = why === null ? code : `${code}: ${why}`;
  tally.codes.set(name, (tally.codes.get(name) ?? 0) + 1);
}

async function placeGood(trader: Visitor, n: number, random: Random, market: Market, tally: Tally): Promise<void> {
  const form = goodForm(n, random, market);
  const begun = performance.now();
  const answer = await trader.place(form, `good-${n}`);
  tally.admissionMs.push(performance.now() - begun);
  if ('refusal' in answer) {
    tally.wrong.push(`a good order (${JSON.stringify(form)}) was answered ${JSON.stringify(answer)}`);
    return;
  }
  tally.good.add(answer.orderId);
  const isThere = await until(trader, answer.orderId, ['OrderAcknowledged', 'OrderRejected', 'OrderNotSent']);
  if (isThere !== 'OrderAcknowledged') {
    tally.wrong.push(`a good order (${JSON.stringify(form)}) came to ${isThere}`);
    return;
  }
  // The plan has only so many trades, and gives back those of orders that end without one.
  await trader.cancel(answer.orderId);
  const end = await until(trader, answer.orderId, ['ReservationReleased']);
  if (end === null) tally.wrong.push(`a good order (${JSON.stringify(form)}) did not end when it was cancelled`);
}

/** The first of these events in the order's story; null when none comes in time. */
async function until(trader: Visitor, orderId: string, types: readonly string[]): Promise<string | null> {
  const end = Date.now() + SETTLED_WITHIN_MS;
  while (Date.now() < end) {
    const found = (await trader.story(orderId)).events.find(({ type }) => types.includes(type));
    if (found !== undefined) return found.type;
    await wait(50);
  }
  return null;
}

async function verdict(url: string, times: number, { wrong, codes, good, admissionMs }: Tally): Promise<Verdict> {
  const sent = (await readLedger(url)).filter(({ parent_id }) => parent_id === null);
  const rejected = sent.filter(({ status }) => status === 'rejected').length;
  const sorted = admissionMs.sort((a, b) => a - b);
  return {
    facts: {
      'bad orders': times,
      'kinds of them': BAD_KINDS,
      'good orders': good.size,
      'orders at the broker': sent.length,
      'rejected by the broker': rejected,
      'answered wrongly': wrong.length,
      'answer p50 (ms)': Math.round(sorted[Math.floor(sorted.length * 0.5)] ?? 0),
      'answer p99 (ms)': Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
      ...Object.fromEntries([...codes].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    broken: [
      ...wrong.slice(0, 10),
      ...unless(sent.length === good.size, `${sent.length} orders are at the broker, and ${good.size} were good`),
      ...unless(rejected === 0, `the broker rejected ${rejected} good orders`),
      ...unless(good.size === times, `${times - good.size} good orders were refused`),
    ],
  };
}
