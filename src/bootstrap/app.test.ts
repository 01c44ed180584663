import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../test/support/postgres.ts';
import { createPool } from '../adapters/postgres/pool.ts';
import { startApp } from './app.ts';
import { alpacaConfig } from './broker-config.ts';
import { crashPoints } from './crash-points.ts';
import { deriveKeys } from './keys.ts';

it('begins nothing when the database fails at once', async () => {
  const database = await createTestDatabase();
  const owner = createPool(database.url, { role: 'owner' });
  await owner.query('drop table reaction_checkpoints');
  await owner.end();
  const pool = createPool(database.url);
  const publicUrl = 'http://127.0.0.1:20000';
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  const starting = startApp({
    pool,
    log: { info: tell, warn: tell, alarm: tell },
    keys: deriveKeys('a secret that is long enough for this', tmpdir()),
    alpaca: alpacaConfig({ kind: 'sandbox', settings: {} }, null, publicUrl, 'iex'),
    pass: crashPoints(null),
    publicUrl,
    webFolder: tmpdir(),
    environment: { broker: 'sandbox', data: 'synthetic' },
    replacements: {},
  });
  await expect(starting).rejects.toThrow('reaction_checkpoints');
  // The connection of the failed question is closed; one of a loop that had begun would be left.
  expect(pool.totalCount).toBe(0);
  expect(told).toEqual([]);
  await pool.end();
  await database.close();
});
