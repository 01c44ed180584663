import { readdir } from 'node:fs/promises';

import { expect, inject, it } from 'vitest';

import { createTestDatabase } from '../../../test/support/postgres.ts';
import { samples } from '../../application/ports/event-store-samples.suite.ts';
import { hashOf, NO_HASH } from '../../application/ports/event-chain.ts';
import { sha256 } from '../node/sha256.ts';
import { createPostgresEventStore } from './event-store.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';

it('brings an empty database up once, however many processes start together, and then changes nothing', async () => {
  const database = await createTestDatabase('empty');
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

it('chains what was stored before the chain', async () => {
  const database = await createTestDatabase('empty');
  await migrate(database.url, 10);
  const owner = createPool(database.url, { role: 'owner' });
  for (const stream of ['b', 'a', 'a', 'b']) {
    const batch = samples(2, stream);
    await owner.query('select append_events($1, null, $2, $3, $4, $5)', [
      stream,
      batch.map(({ id }) => id),
      batch.map(({ type }) => type),
      batch.map(({ data }) => JSON.stringify(data)),
      batch.map(({ metadata }) => JSON.stringify(metadata)),
    ]);
  }
  await migrate(database.url);
  const pool = createPool(database.url);
  const store = createPostgresEventStore(pool);
  for (const stream of ['a', 'b']) {
    await store.append(stream, 3, samples(1, stream));
    const events = await store.readStream(stream);
    expect(events).toHaveLength(5);
    let previous = NO_HASH;
    for (const event of events) {
      expect(event.hash).toBe(hashOf(previous, event, sha256));
      previous = event.hash;
    }
  }
  await store.close();
  await Promise.all([pool.end(), owner.end()]);
  await database.close();
});

it("is done by an owner who may make no roles, when an administrator has made the app's and granted it", async () => {
  const database = await createTestDatabase('empty');
  const admin = createPool(inject('postgresUrl'), { role: 'owner' });
  const name = `owner_${crypto.randomUUID().replaceAll('-', '')}`;
  const url = new URL(database.url);
  await admin.query(`create role ${name} login password 'p' in role tradsy_app`);
  await admin.query(`alter database ${url.pathname.slice(1)} owner to ${name}`);
  url.username = name;
  url.password = 'p';
  await migrate(url.href);
  const pool = createPool(url.href);
  expect((await pool.query('select current_user')).rows).toEqual([{ current_user: 'tradsy_app' }]);
  await pool.end();
  await database.close();
  await admin.query(`drop role ${name}`);
  await admin.end();
});
