/** Read models rebuilt, taken back and verified by the programs, while the product serves. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { put, sample } from '../../src/application/ports/event-store-samples.suite.ts';
import type { EmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { AT } from '../../src/adapters/postgres/views/desk.suite.ts';
import type { OrderTicket } from '../../src/domain/order/events.ts';
import { ticket } from '../../src/domain/order/samples.suite.ts';
import type { OrderDenied } from '../../src/domain/risk-policy/events.ts';
import { riskStream } from '../../src/domain/risk-policy/events.ts';
import { inputs } from '../../src/domain/risk-policy/samples.suite.ts';
import { launchProgram, runProgram } from '../support/run-program.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-read-models-'));
const env = { TRADSY_DATA: folder };
let product: RunningProgram;
let postgres: EmbeddedPostgres;
let owner: Pool;

/** Denied ones, which nobody goes on with: enough to be busy with for a moment. */
const ORDERS = 5_000;

const denialOf = (denied: OrderTicket): OrderDenied['data'] => ({
  ticket: denied,
  channel: 'broker-api',
  breaches: [],
  inputs: inputs(),
  deniedAt: AT,
});

beforeAll(async () => {
  product = await startProduct(env);
  postgres = await startEmbeddedPostgres({ dataDir: folder });
  owner = createPool(postgres.url, { role: 'owner' });
  const store = createPostgresEventStore(owner);
  for (let made = 0; made < ORDERS; made += 1_000) {
    const accountId = `account-${made % 2_000}`;
    const stream = riskStream(accountId);
    const denied = Array.from({ length: 1_000 }, () =>
      sample('OrderDenied', denialOf(ticket({ orderId: randomUUID(), accountId })), stream),
    );
    await put(store, stream, denied);
  }
  await store.close();
});

afterAll(async () => {
  await owner.end();
  await product.kill('SIGTERM');
  await postgres.stop();
  await removeDataFolder(folder);
});

async function orders(): Promise<number> {
  const { rows } = await owner.query<{ count: number }>('select count(*)::integer as count from orders');
  return rows[0]!.count;
}

const partOfReadiness = async (): Promise<string | undefined> => {
  const { parts } = (await (await fetch(`${product.url}/readyz`)).json()) as { parts: Record<string, string> };
  return parts['projections'];
};

const launch = (program: 'rebuild' | 'verify') => launchProgram(`projections-${program}`, env, []);
const run = (program: 'rebuild' | 'verify', ...args: readonly string[]) =>
  runProgram(`projections-${program}`, env, args);

it('a rebuild killed in the middle leaves the live rows; the next one changes places, and can be taken back', async () => {
  await expect.poll(orders, { timeout: 20_000 }).toBe(ORDERS);
  const killed = launch('rebuild');
  await expect.poll(hasBegun, { timeout: 20_000, interval: 5 }).toBe(true);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect(await orders()).toBe(ORDERS);
  expect(await partOfReadiness()).toBe('ok');

  const rebuilt = await run('rebuild');
  expect(rebuilt).toMatchObject({ code: 0 });
  expect(rebuilt.said).toMatch(
    /^Rebuilt orders, executions, positions, accounts, story: 5,000 events, [\d,]+ events\/s, [\d.]+ s\.\n$/,
  );
  expect(await orders()).toBe(ORDERS);
  expect(await run('rebuild', '--back')).toMatchObject({ code: 0 });
  expect(await orders()).toBe(ORDERS);
});

/** Whether a rebuild has made rows and is not done. */
async function hasBegun(): Promise<boolean> {
  const { rows } = await owner.query<{ begun: boolean }>(
    `select to_regclass('views_next.orders') is not null as begun`,
  );
  return rows[0]!.begun;
}

it('a second one at the same time says so', async () => {
  const first = await owner.connect();
  await first.query('select pg_advisory_lock(7239452310)');
  const { code, complaint } = await run('rebuild');
  first.release(true);
  expect(code).toBe(1);
  expect(complaint).toContain('tradsy: the read models are being rebuilt or verified by another process\n');
  expect(await run('rebuild', 'tables')).toMatchObject({
    code: 1,
    complaint: 'tradsy: no view is called tables: there are orders, executions, positions, accounts, story\n',
  });
});

it('verifying finds the one row that was changed', async () => {
  expect(await run('verify')).toMatchObject({ code: 0 });
  await owner.query(`update orders set quantity = quantity + 1 where order_id = (select max(order_id) from orders)`);
  const { code, said } = await run('verify');
  expect(code).toBe(1);
  expect(said).toMatch(/orders +5000 rows +2 differences\n {2}only (live|rebuilt): \(/);
  expect(said).toContain('1 tables differ');
});

it('a release with another version of a view rebuilds before it serves, and shows what is quarantined', async () => {
  await product.kill('SIGTERM');
  await owner.query(`update projection_checkpoints set views = regexp_replace(views, 'story@[0-9]+', 'story@0')`);
  await owner.query(`insert into quarantined_streams (view, stream, revision, event_id, problem)
                     values ('gone', 'order-1', 0, '', 'of a view that is no more')`);
  await owner.query('drop schema views_previous cascade');
  product = await startProduct(env);
  expect(product.output()).toMatch(/the read models are rebuilt for this release: 5,000 events/);
  expect(await partOfReadiness()).toBe('1 stream quarantined');
});
