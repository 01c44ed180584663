/** The whole product on EventStoreDB, and the move there from Postgres. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import { createEventStoreDbStore } from '../../src/adapters/eventstoredb/event-store.ts';
import { orderStream } from '../../src/domain/order/events.ts';
import { startStandIn } from '../support/eventstoredb/server.ts';
import type { StandIn } from '../support/eventstoredb/server.ts';
import { runProgram } from '../support/run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-eventstoredb-'));
let server: StandIn;
beforeAll(async () => {
  server = await startStandIn();
});
afterAll(async () => {
  await server.stop();
  await removeDataFolder(folder);
});

const run = (program: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runProgram(program, { TRADSY_DATA: folder, ...env }, args);

interface Demo {
  readonly ok: boolean;
  readonly orders: readonly { readonly id: string; readonly outcome: string }[];
}
async function demo(env: Readonly<Record<string, string>>): Promise<Demo> {
  const { code, said, complaint } = await run('demo', env, '--json');
  expect(code, complaint).toBe(0);
  return JSON.parse(said) as Demo;
}

it(
  'begins on Postgres, moves to EventStoreDB with all that happened, and goes on there',
  { timeout: 60_000 },
  async () => {
    const outcomes = ['filled', 'cancelled', 'denied'];
    const before = await demo({});
    expect(before.orders.map(({ outcome }) => outcome)).toEqual(outcomes);

    const named = { EVENTSTOREDB_URL: server.url };
    const copied = await run('events-copy', named);
    expect(copied.said, copied.complaint).toMatch(
      /^Copied \d+ events; both stores hold the same \d+ events in \d+ streams\./,
    );

    const after = await demo(named);
    expect(after).toMatchObject({ ok: true });
    expect(after.orders.map(({ outcome }) => outcome)).toEqual(outcomes);

    const store = createEventStoreDbStore(server.url);
    for (const { id } of [...before.orders, ...after.orders].filter(({ outcome }) => outcome === 'filled')) {
      const types = (await store.readStream(orderStream(id))).map(({ type }) => type);
      expect(types).toContain('OrderFilled');
    }
    await store.close();

    // The heads that were signed over Postgres still hold, and those that followed.
    const verified = await run('audit-verify', named);
    expect(verified.said, verified.complaint).toMatch(/^ok: /);
    const rows = await run('projections-verify', named);
    expect(rows.said, rows.complaint).toContain('All read models are what the log says');
  },
);

it('says in one line that the server can not be reached', { timeout: 30_000 }, async () => {
  const { code, complaint } = await run('main', { EVENTSTOREDB_URL: 'esdb://127.0.0.1:9?tls=false', PORT: '0' });
  expect(code).toBe(1);
  expect(complaint.trim().split('\n')).toEqual([expect.stringMatching(/^tradsy: EVENTSTOREDB_URL can not be used: /)]);
});
