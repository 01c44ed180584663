/**
 * Orders that fit a limit one by one and not together, asked for at once of two processes on one database: what is
 * admitted stays within the limit, and what is sent is what was admitted.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { readClientOrderId } from '../../src/domain/order/client-order-id.ts';
import { readLedger } from '../support/order-records.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct, startSandboxProgram } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-racing-'));
const secret = randomBytes(32).toString('hex');
const PRICE = 100;
const AT_ONCE = 200;
let postgres: EmbeddedPostgres;
let sandbox: RunningProgram;
let processes: readonly RunningProgram[] = [];

beforeAll(async () => {
  [postgres, sandbox] = await Promise.all([
    startEmbeddedPostgres({ dataDir: join(folder, 'database') }),
    startSandboxProgram(join(folder, 'sandbox')),
  ]);
  const env = { DATABASE_URL: postgres.url, SANDBOX_URL: sandbox.url, TRADSY_SECRET: secret };
  // One after the other: the first one prepares the database.
  const first = await startProduct({ ...env, TRADSY_DATA: join(folder, 'first') });
  processes = [first, await startProduct({ ...env, TRADSY_DATA: join(folder, 'second') })];
  await fetch(`${sandbox.url}/control/price`, {
    method: 'POST',
    body: JSON.stringify({ symbol: 'AAPL', price: PRICE }),
  });
});
afterAll(async () => {
  await Promise.all(processes.map((program) => program.kill('SIGTERM')));
  await Promise.all([postgres.stop(), sandbox.kill('SIGTERM')]);
  await removeDataFolder(folder);
});

/** Places orders of these sizes at once, by turns at either process; gives the sizes of those admitted, by order. */
async function race(trader: Visitor, sizes: readonly number[]): Promise<ReadonlyMap<string, number>> {
  const doors = processes.map((program) => trader.at(program.url));
  const answers = await Promise.all(
    sizes.map(async (size, index) => {
      const form = { instrument: 'AAPL', side: 'buy', type: 'limit', limitPrice: `${PRICE - 5}`, qty: `${size}` };
      const answer = await doors[index % doors.length]!.place(
        { ...form, currentAsk: '0', currentBid: '0' },
        `race-${index}`,
      );
      return { size, answer };
    }),
  );
  return new Map(answers.flatMap(({ size, answer }) => ('orderId' in answer ? [[answer.orderId, size] as const] : [])));
}

/** The orders that the broker has of a trader. */
async function sent(trader: Visitor, orderIds: Iterable<string>): Promise<readonly string[]> {
  const asked = [...orderIds];
  for (const orderId of asked) {
    await expect
      .poll(async () => (await trader.story(orderId)).events.map(({ type }) => type), { timeout: 20_000 })
      .toContain('OrderAcknowledged');
  }
  const [first] = asked;
  const ledger = await readLedger(sandbox.url);
  const idOf = (clientOrderId: string) => readClientOrderId(clientOrderId)?.orderId ?? clientOrderId;
  const account = ledger.find((order) => idOf(order.client_order_id) === first)?.account_id;
  return ledger.filter((order) => order.account_id === account).map((order) => idOf(order.client_order_id));
}

describe(`${AT_ONCE} orders at once, at two processes`, () => {
  it('that fit the position limit one by one are admitted up to the limit, and sent as admitted', async () => {
    const trader = await becomeTrader(processes[0]!.url);
    // Between 28,500 and 47,405 dollars each, where the position may be worth 100,000.
    const admitted = await race(
      trader,
      Array.from({ length: AT_ONCE }, (_, index) => 300 + index),
    );
    const value = [...admitted.values()].reduce((total, size) => total + size * (PRICE - 5), 0);
    expect(admitted.size).toBeGreaterThanOrEqual(2);
    expect(value).toBeLessThanOrEqual(100_000);
    expect([...(await sent(trader, admitted.keys()))].sort()).toEqual([...admitted.keys()].sort());
  });

  it('are four when the plan includes four trades, and four are sent', async () => {
    const trader = await becomeTrader(processes[1]!.url);
    const admitted = await race(
      trader,
      Array.from({ length: AT_ONCE }, (_, index) => 1 + index),
    );
    expect(admitted.size).toBe(4);
    expect([...(await sent(trader, admitted.keys()))].sort()).toEqual([...admitted.keys()].sort());
  });
});
