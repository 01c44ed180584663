import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { assertDurable, unsafeSettings } from './durability.ts';
import { createPool } from './pool.ts';

describe('the check of the server', () => {
  let opened: TestStore;
  beforeEach(async () => {
    opened = await openTestStore();
  });
  afterEach(() => opened.close());

  it('refuses a server that acknowledges before it has written', async () => {
    const url = new URL(opened.url);
    url.searchParams.set('options', '-c synchronous_commit=off');
    const pool = createPool(url.href);
    await expect(assertDurable(pool)).rejects.toThrow(
      /Postgres may lose acknowledged orders: .*synchronous_commit=off/,
    );
    await pool.end();
  });

  it.each([
    ['all safe', { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' }, []],
    ['waiting for a standby too', { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'remote_apply' }, []],
    ['no fsync', { fsync: 'off', full_page_writes: 'on', synchronous_commit: 'on' }, ['fsync=off']],
    ['torn pages', { fsync: 'on', full_page_writes: 'off', synchronous_commit: 'local' }, ['full_page_writes=off']],
  ])('names the unsafe settings: %s', (_, settings, unsafe) => {
    const rows = Object.entries(settings).map(([name, setting]) => ({ name, setting }));
    expect(unsafeSettings(rows)).toEqual(unsafe);
  });
});
