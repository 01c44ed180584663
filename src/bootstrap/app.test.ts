import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../test/support/postgres.ts';
import { createPool } from '../adapters/postgres/pool.ts';
import { startApp } from './app.ts';
import { headKeeping } from './audit/folder.ts';
import { LIMIT_TABLES } from '../domain/risk-policy/limit-tables.ts';
import { alpacaConfig } from './broker-config.ts';
import { crashPoints } from './crash-points.ts';
import { openEventLog } from './event-log.ts';
import type { EventLog } from './event-log.ts';
import { deriveKeys } from './keys.ts';

it('of two on one database one is the owner of all that takes one, until it stops', async () => {
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-app-'));
  const keys = deriveKeys('a secret that is long enough for this', folder);
  const publicUrl = 'http://127.0.0.1:20000';
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  const log = { info: () => undefined, warn: tell, alarm: tell };
  const start = (pool: Pool, eventLog: EventLog) =>
    startApp({
      pool,
      eventLog,
      log,
      keys,
      alpaca: alpacaConfig(
        {
          broker: { kind: 'sandbox', settings: {} },
          dataFeed: 'iex',
          requestsAMinute: { account: 190, house: 190 },
        },
        null,
        publicUrl,
      ),
      pass: crashPoints(null),
      limitTables: LIMIT_TABLES,
      publicUrl,
      webFolder: tmpdir(),
      environment: { broker: 'sandbox', data: 'synthetic' },
      heads: headKeeping(folder, keys, 'postgres'),
      rewire: () => undefined,
      ownerUrl: database.url,
      say: tell,
      starting: new AbortController().signal,
    });
  const pools = [createPool(database.url), createPool(database.url)] as const;
  const logs = await Promise.all(pools.map((pool) => openEventLog(null, pool, log, 'move')));
  const leases = async () => (await pools[1].query('select name, fence::int from leases order by name')).rows;
  const each = (fence: number) => ['book-fills', 'heads', 'kill-switch', 'order-desk'].map((name) => ({ name, fence }));

  const first = await start(pools[0], logs[0]!);
  await expect.poll(leases).toEqual(each(1));
  const second = await start(pools[1], logs[1]!);
  await first.stop();
  await expect.poll(leases).toEqual(each(2));
  await second.stop();
  expect(told).toEqual([]);
  await Promise.all(logs.map((each) => each.close()));
  await Promise.all(pools.map((pool) => pool.end()));
  await database.close();
  rmSync(folder, { recursive: true });
});
