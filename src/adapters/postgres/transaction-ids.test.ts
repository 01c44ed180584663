import { afterEach, beforeEach, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { follow, put, samples } from '../../application/ports/event-store-samples.suite.ts';
import { START } from '../../application/ports/event-store.ts';
import { assertOwnTransactionIds } from './transaction-ids.ts';

let opened: TestStore;
beforeEach(async () => {
  opened = await openTestStore();
});
afterEach(() => opened.close());

it('takes a database without events, and one whose events its own server has written', async () => {
  await assertOwnTransactionIds(opened.pool);
  for (let times = 0; times < 20; times += 1) {
    await Promise.all(['a', 'b', 'c'].map((stream) => put(opened.store, stream, samples(1, stream))));
    await assertOwnTransactionIds(opened.pool);
  }
});

it('refuses one with an event from beyond the server, which no reader would ever see', async () => {
  const { pool, owner, store } = opened;
  await put(store, 's', samples(1));
  await owner.query(
    `insert into events (transaction_id, stream, revision, id, type, data, metadata, recorded_at, hash)
     select '900000000000'::xid8, 'restored', 0, gen_random_uuid(), type, data, metadata, recorded_at, hash from events`,
  );
  expect(await follow(store, START, 1)).toHaveLength(1);
  expect(await store.readAll(START, 10)).toHaveLength(1);
  await expect(assertOwnTransactionIds(pool)).rejects.toThrow(
    /^its newest event has transaction id 900000000000, but this server has only come to \d+: .* physical backup.*\.$/,
  );
});
