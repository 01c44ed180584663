import { readdir } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { createTestDatabase } from '../../../test/support/postgres.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';

it('brings an empty database up once, however many processes start together, and then changes nothing', async () => {
  const database = await createTestDatabase();
  await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
  const pool = createPool(database.url, { role: 'owner' });
  const applied = async (): Promise<unknown> => (await pool.query('select * from migrations order by id')).rows;
  const first = await applied();
  const files = await readdir(new URL('./migrations', import.meta.url));
  expect(first).toMatchObject(files.toSorted().map((file) => ({ name: file.replace(/\.sql$/, '') })));
  await migrate(database.url);
  expect(await applied()).toEqual(first);
  await pool.end();
  await database.close();
});
