import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { LinkedAccounts } from '../../application/ports/broker.ts';
import { createSecrets } from '../identity/secrets.ts';
import { createLinkedAccounts } from './broker-tokens.ts';
import { ACCOUNT, openViews, USER, type ViewsUnderTest } from './views/desk.suite.ts';

const link = { linkId: 'L1', userId: USER, accountId: ACCOUNT, environment: 'paper' } as const;

describe('linked accounts', () => {
  let views: ViewsUnderTest;
  let linked: LinkedAccounts;
  beforeAll(async () => {
    views = await openViews();
    linked = createLinkedAccounts(views.pool, createSecrets(randomBytes(32)));
  });
  afterAll(() => views.close());
  beforeEach(() => views.reset());

  it('gives access from the moment a token is kept until it is forgotten', async () => {
    expect(await linked.accessFor(ACCOUNT)).toBeNull();
    await linked.keepToken(link, 'the token');
    const access = { linkId: 'L1', userId: USER, accountId: ACCOUNT, environment: 'paper', token: 'the token' };
    expect(await linked.accessFor(ACCOUNT)).toEqual(access);
    await linked.keepToken({ ...link, linkId: 'L2', environment: 'live' }, 'another');
    expect(await linked.accessFor(ACCOUNT)).toMatchObject({ linkId: 'L2', environment: 'live', token: 'another' });
    expect(await linked.all()).toEqual([{ linkId: 'L2', accountId: ACCOUNT, userId: USER }]);
    await linked.forgetToken({ accountId: ACCOUNT, linkId: 'L1' });
    expect(await linked.accessFor(ACCOUNT)).toMatchObject({ linkId: 'L2' });
    await linked.forgetToken({ accountId: ACCOUNT, linkId: 'L2' });
    await linked.forgetToken({ accountId: ACCOUNT, linkId: 'L2' });
    expect(await linked.accessFor(ACCOUNT)).toBeNull();
    expect(await linked.all()).toEqual([]);
  });

  it('keeps no token in the clear', async () => {
    await linked.keepToken(link, 'the token');
    const { rows } = await views.pool.query<{ row: string }>('select t::text as row from broker_tokens t');
    expect(rows[0]?.row).not.toContain('the token');
  });

  it.each(['user_id', 'link_id', 'environment'])('does not open a token whose %s was changed', async (column) => {
    await linked.keepToken(link, 'the token');
    await views.pool.query(`update broker_tokens set ${column} = $1`, [column === 'environment' ? 'live' : 'other']);
    await expect(linked.accessFor(ACCOUNT)).rejects.toThrow();
  });
});
