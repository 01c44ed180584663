import { afterEach, beforeEach, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { put, samples } from '../../application/ports/event-store-samples.suite.ts';
import { assertAppendOnly } from './append-only.ts';
import { createPostgresEventStore } from './event-store.ts';
import { createPool } from './pool.ts';

let opened: TestStore;
beforeEach(async () => {
  opened = await openTestStore();
});
afterEach(() => opened.close());

it('takes the role of the app', async () => {
  await assertAppendOnly(opened.pool);
});

it('refuses the owner, and a role of the app that was given too much', async () => {
  await expect(assertAppendOnly(opened.owner)).rejects.toThrow(/who may update, delete, truncate the events/);
  await opened.owner.query('grant delete on events to tradsy_app');
  await expect(assertAppendOnly(opened.pool)).rejects.toThrow(
    /^the app works as tradsy_app, who may delete the events/,
  );
});

it('lets a user who is only a member of the role do all that the app needs', async () => {
  const name = `login_${crypto.randomUUID().replaceAll('-', '')}`;
  await opened.owner.query(`create role ${name} login password 'p' in role tradsy_app`);
  const url = new URL(opened.url);
  url.username = name;
  url.password = 'p';
  const pool = createPool(url.href);
  const store = createPostgresEventStore(pool);
  try {
    await assertAppendOnly(pool);
    await put(store, 's', samples(2));
    await pool.query(`insert into reaction_checkpoints (reaction, position) values ('r', '')`);
    await pool.query('delete from orders');
  } finally {
    await store.close();
    await pool.end();
    await opened.owner.query(`drop role ${name}`);
  }
});
