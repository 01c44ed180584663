/** Two processes of the product on one database, of which one sends the orders: together, and when that one dies or stops. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLive } from '../../src/adapters/http/live-reader.suite.ts';
import { toPosition } from '../../src/adapters/postgres/event-rows.ts';
import type { EventRow } from '../../src/adapters/postgres/event-rows.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { disagreements, readLedger } from '../support/order-records.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct, startSandboxProgram } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-two-'));
const secret = randomBytes(32).toString('hex');
let postgres: EmbeddedPostgres;
let sandbox: RunningProgram;
let pool: Pool;
const running = new Set<RunningProgram>();

async function start(name: string): Promise<RunningProgram> {
  const program = await startProduct({
    DATABASE_URL: postgres.url,
    SANDBOX_URL: sandbox.url,
    TRADSY_SECRET: secret,
    TRADSY_DATA: join(folder, name),
  });
  running.add(program);
  return program;
}

let first: RunningProgram;
let second: RunningProgram;
beforeAll(async () => {
  [postgres, sandbox] = await Promise.all([
    startEmbeddedPostgres({ dataDir: join(folder, 'database') }),
    startSandboxProgram(join(folder, 'sandbox')),
  ]);
  pool = createPool(postgres.url);
  first = await start('first');
  second = await start('second');
});
afterAll(async () => {
  await Promise.all([...running].map((program) => program.kill('SIGTERM')));
  await pool.end();
  await Promise.all([postgres.stop(), sandbox.kill('SIGTERM')]);
  await removeDataFolder(folder);
});

const WITHIN = { timeout: 15_000 };
const MARKET = {
  instrument: 'AAPL',
  side: 'buy',
  type: 'market',
  qty: '1',
  currentAsk: '0',
  currentBid: '0',
  confirmDuplicate: 'true',
};

async function placed(trader: Visitor, requestId: string): Promise<string> {
  const answer = await trader.place(MARKET, requestId);
  if (!('orderId' in answer)) throw new Error(answer.errmsg);
  return answer.orderId;
}

/** The process that took the order desk last, and the other one. */
async function ownerAndOther(): Promise<readonly [RunningProgram, RunningProgram]> {
  const { rows } = await pool.query<{ pid: string }>(
    `select split_part(holder, ':', 2) as pid from leases where name = 'order-desk'`,
  );
  const [owner, other] = [first, second].sort((one) => (`${one.pid}` === rows[0]?.pid ? -1 : 1));
  if (owner === undefined || other === undefined || `${owner.pid}` !== rows[0]?.pid) throw new Error('nobody owns it');
  return [owner, other];
}

const momentOf = async (trader: Visitor, orderId: string, type: string): Promise<number> => {
  const event = (await trader.story(orderId)).events.find((each) => each.type === type);
  if (event === undefined) throw new Error(`${orderId} has no ${type}`);
  return Date.parse(event.at);
};

/** Waits until the read models are up to date: no process is in the middle of a transaction then. */
async function quiet(): Promise<void> {
  await expect
    .poll(async () => {
      const [{ rows: newest }, { rows: applied }] = await Promise.all([
        pool.query<EventRow>(`select transaction_id::text, global_position from events
                              order by events.transaction_id desc, global_position desc limit 1`),
        pool.query<{ position: string }>(`select position from projection_checkpoints where loop = 'views'`),
      ]);
      return newest.every((row) => toPosition(row) === applied[0]?.position);
    }, WITHIN)
    .toBe(true);
}

/** Waits until every order is filled and its reservation freed; then each must be at the broker once, and booked once. */
async function settle(trader: Visitor, orderIds: readonly string[]): Promise<void> {
  for (const orderId of orderIds) {
    await expect
      .poll(async () => (await trader.story(orderId)).events.map(({ type }) => type), WITHIN)
      .toEqual(expect.arrayContaining(['OrderFilled', 'FillBooked', 'ReservationReleased']));
  }
  const stories = new Map(
    await Promise.all(orderIds.map(async (orderId) => [orderId, await trader.story(orderId)] as const)),
  );
  const ledger = (await readLedger(sandbox.url)).filter((order) => orderIds.includes(order.orderId));
  expect(disagreements({ acknowledged: orderIds, stories, ledger })).toEqual([]);
  expect(ledger.map((order) => order.orderId).sort()).toEqual([...orderIds].sort());
}

describe('two processes on one database', () => {
  it('send each order once, whichever was asked, and show and tell the same', async () => {
    const [owner, other] = await ownerAndOther();
    const atOwner = await becomeTrader(first.url).then((trader) => trader.at(owner.url));
    const atOther = atOwner.at(other.url);
    const live = await openLive(Number(new URL(other.url).port), atOther.accessToken);
    await live.next('snapshot');

    const orderIds: string[] = [];
    for (const [turn, trader] of [atOwner, atOther, atOwner, atOther].entries()) {
      orderIds.push(await placed(trader, `turn-${turn}`));
    }
    await settle(atOther, orderIds);
    for (const orderId of orderIds) {
      await live.next('execution', ({ execution }) => execution.orderId === orderId);
      const waited =
        (await momentOf(atOther, orderId, 'SubmissionClaimed')) - (await momentOf(atOther, orderId, 'OrderPlaced'));
      expect(waited).toBeLessThan(1_000);
    }
    live.close();
    for (const path of ['orders', 'ordersHistory', 'executions?instrument=AAPL&maxCount=50']) {
      expect(await atOther.call('GET', path)).toEqual(await atOwner.call('GET', path));
    }
    for (const orderId of orderIds) expect(await atOther.story(orderId)).toEqual(await atOwner.story(orderId));
  });

  it('lose no order when the one that sends is killed: the other sends within five seconds', async () => {
    const [owner, other] = await ownerAndOther();
    const trader = (await becomeTrader(owner.url)).at(other.url);
    // Placed while its owner has no time left to see it.
    await quiet();
    process.kill(owner.pid, 'SIGSTOP');
    const early = await placed(trader, 'at-the-end');
    const killed = Date.now();
    await owner.kill('SIGKILL');
    running.delete(owner);
    const orderIds = [early, await placed(trader, 'after-1'), await placed(trader, 'after-2')];
    await settle(trader, orderIds);
    for (const orderId of orderIds) {
      expect((await momentOf(trader, orderId, 'SubmissionClaimed')) - killed).toBeLessThan(5_000);
    }
    first = other;
  });

  it('send nothing twice when the one that sends stands still for longer than its lease, and goes on', async () => {
    second = await start('third');
    const [owner, other] = await ownerAndOther();
    const trader = (await becomeTrader(owner.url)).at(other.url);
    // What stops in a transaction holds it for five seconds more, and with it all that came later.
    await quiet();
    const early = placed(trader, 'in-its-hands');
    process.kill(owner.pid, 'SIGSTOP');
    const stopped = Date.now();
    const orderIds = [await early, await placed(trader, 'stands-still')];
    try {
      await settle(trader, orderIds);
    } finally {
      process.kill(owner.pid, 'SIGCONT');
    }
    // The lease takes four seconds to be lost, and then the update streams have to come up elsewhere.
    for (const orderId of orderIds) {
      expect((await momentOf(trader, orderId, 'SubmissionClaimed')) - stopped).toBeLessThan(6_000);
    }
    expect((await ownerAndOther())[0]).toBe(other);
    const late = await placed(trader.at(owner.url), 'goes-on');
    await settle(trader.at(owner.url), [...orderIds, late]);
  });
});
