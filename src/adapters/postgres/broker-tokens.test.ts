import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { BrokerTokens } from '../../application/ports/broker.ts';
import { createSecrets } from '../identity/secrets.ts';
import { createBrokerTokens } from './broker-tokens.ts';
import { ACCOUNT, openViews, USER, type ViewsUnderTest } from './views/desk.suite.ts';

const link = { linkId: 'L1', userId: USER, accountId: ACCOUNT, environment: 'paper' } as const;

describe('broker tokens', () => {
  let views: ViewsUnderTest;
  let tokens: BrokerTokens;
  beforeAll(async () => {
    views = await openViews();
    tokens = createBrokerTokens(views.pool, createSecrets(randomBytes(32)));
  });
  afterAll(() => views.close());
  beforeEach(() => views.reset());

  it('are kept for each link until they are forgotten, the newest first', async () => {
    expect(await tokens.of(ACCOUNT)).toEqual([]);
    await tokens.keep(link, 'the token');
    const access = { linkId: 'L1', userId: USER, accountId: ACCOUNT, environment: 'paper', token: 'the token' };
    expect(await tokens.of(ACCOUNT)).toEqual([access]);
    await tokens.keep({ ...link, linkId: 'L2', environment: 'live' }, 'another');
    expect(await tokens.of(ACCOUNT)).toMatchObject([{ linkId: 'L2', environment: 'live', token: 'another' }, access]);
    expect(await tokens.all()).toMatchObject([{ linkId: 'L1' }, { linkId: 'L2', accountId: ACCOUNT, userId: USER }]);
    await tokens.forget('L1');
    await tokens.forget('L1');
    expect(await tokens.of(ACCOUNT)).toMatchObject([{ linkId: 'L2' }]);
    expect(await tokens.of('another account')).toEqual([]);
  });

  it('keeps no token in the clear', async () => {
    await tokens.keep(link, 'the token');
    const { rows } = await views.pool.query<{ row: string }>('select t::text as row from broker_tokens t');
    expect(rows[0]?.row).not.toContain('the token');
  });

  it.each(['user_id', 'link_id', 'environment'])('does not open a token whose %s was changed', async (column) => {
    await tokens.keep(link, 'the token');
    await views.pool.query(`update broker_tokens set ${column} = $1`, [column === 'environment' ? 'live' : 'other']);
    await expect(tokens.of(ACCOUNT)).rejects.toThrow();
  });
});
