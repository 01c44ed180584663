import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { brokerLink } from '../../../../contracts/onboarding.ts';
import { CURRENT_VERSIONS } from '../../../domain/account/documents.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import { tradesUsed } from '../../../domain/risk-policy/state.ts';
import { riskPolicy } from '../../../domain/risk-policy/risk-policy.ts';
import type { RiskEvent } from '../../../domain/risk-policy/events.ts';
import { createAccountQueries, type AccountQueries } from './accounts.ts';
import { ACCOUNT, AT, openViews, USER, type ViewsUnderTest } from './desk.suite.ts';

const link = (linkId: string) =>
  ({
    type: 'LinkBroker',
    linkId,
    broker: 'alpaca',
    environment: 'paper',
    brokerAccountId: 'e0b1',
    brokerAccountNumber: 'PA123',
    linkedAt: AT,
  }) as const;

describe('accounts', () => {
  let views: ViewsUnderTest;
  let accounts: AccountQueries;
  beforeAll(async () => {
    views = await openViews();
    accounts = createAccountQueries(views.pool);
  });
  afterAll(() => views.close());
  beforeEach(async () => {
    await views.reset();
    await views.desk.account({ type: 'OpenAccount', userId: USER, accountId: ACCOUNT, at: AT });
  });

  const figures = async () => {
    await views.catchUp();
    return accounts.onboardingFigures(USER);
  };

  it('follows an account from its opening to the first order', async () => {
    const { desk } = views;
    expect(await figures()).toEqual({
      accountId: ACCOUNT,
      accepted: { disclaimer: null, terms: null },
      brokerLink: null,
      missing: ['disclaimer', 'terms', 'broker_link'],
      tradesUsed: 0,
    });
    for (const document of ['disclaimer', 'terms'] as const) {
      await desk.account({ type: 'AcceptDocument', document, version: CURRENT_VERSIONS[document], at: AT });
    }
    expect(await figures()).toMatchObject({
      accepted: { disclaimer: { version: CURRENT_VERSIONS.disclaimer, at: AT }, terms: { at: AT } },
      missing: ['broker_link'],
    });
    await desk.account(link('L1'));
    const linked = await figures();
    expect(linked).toMatchObject({
      brokerLink: { broker: 'alpaca', environment: 'paper', brokerAccount: 'PA123', linkedAt: AT, status: 'active' },
      missing: [],
    });
    expect(brokerLink.strict().parse(linked?.brokerLink)).toEqual(linked?.brokerLink);
    await desk.account({ type: 'RecordLinkRevoked', linkId: 'L1', reason: 'the token is not taken', at: AT });
    expect(await figures()).toMatchObject({ brokerLink: { status: 'revoked' }, missing: ['broker_link'] });
    await desk.account(link('L2'));
    expect(await figures()).toMatchObject({ brokerLink: { status: 'active' }, missing: [] });
    await desk.account({ type: 'UnlinkBroker', at: AT });
    expect(await figures()).toMatchObject({ brokerLink: null, missing: ['broker_link'] });
  });

  it('counts executed orders and those on their way, as the risk engine does', async () => {
    const { desk } = views;
    const used = async (): Promise<number> => {
      const events = await desk.store.readStream(riskStream(ACCOUNT));
      const state = events.reduce(
        (before, event) => riskPolicy.evolve(before, event as unknown as RiskEvent),
        riskPolicy.initial,
      );
      const count = (await figures())?.tradesUsed;
      expect(count).toBe(tradesUsed(state));
      return count ?? -1;
    };
    const partly = await desk.send();
    const working = await desk.send();
    expect(await used()).toBe(2);
    await desk.fill(partly, '4', '4');
    expect(await used()).toBe(2);
    await desk.tell(partly, { status: 'cancelled', filledQuantity: '4' });
    expect(await used()).toBe(2);
    await desk.tell(working, { status: 'expired' });
    expect(await used()).toBe(1);
    await desk.fill(working, '1', '1');
    expect(await used()).toBe(2);
    await desk.assess({ quantity: '100000' });
    expect(await used()).toBe(2);
  });

  it('knows whose account it is', async () => {
    await views.catchUp();
    expect(await accounts.ownerOf(ACCOUNT)).toBe(USER);
    expect(await accounts.ownerOf('nobody')).toBeNull();
    expect(await accounts.ownerOf('\0')).toBeNull();
    expect(await accounts.onboardingFigures('nobody')).toBeNull();
  });
});
