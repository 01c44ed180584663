import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { riskStream } from '../../../domain/risk-policy/events.ts';
import { tradesUsed } from '../../../domain/risk-policy/state.ts';
import { riskPolicy } from '../../../domain/risk-policy/risk-policy.ts';
import type { RiskEvent } from '../../../domain/risk-policy/events.ts';
import { createAccountQueries, type AccountQueries } from './accounts.ts';
import { ACCOUNT, AT, createDesk, openViews, USER, type ViewsUnderTest } from './desk.suite.ts';

const OTHER_USER = '33333333-3333-4333-8333-333333333333';
const OTHER_ACCOUNT = '44444444-4444-4444-8444-444444444444';

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
    const busted = await desk.send();
    await desk.fill(busted, '4', '4', { executionId: 'E1' });
    await desk.tell(busted, { status: 'cancelled', filledQuantity: '4' });
    expect(await used()).toBe(3);
    await desk.correct(busted, 'E1', { quantity: '3', price: '187' }, '3');
    expect(await used()).toBe(3);
    await desk.bust(busted, 'E1c', '0');
    expect(await used()).toBe(2);
  });

  it("counts the account's own orders only, and knows no account before it is opened", async () => {
    const { desk } = views;
    expect(await figures()).toEqual({ tradesUsed: 0 });
    await createDesk(desk.store, OTHER_ACCOUNT).send();
    expect(await figures()).toEqual({ tradesUsed: 0 });
    expect(await accounts.onboardingFigures(OTHER_USER)).toBeNull();
    await desk.account({ type: 'OpenAccount', userId: OTHER_USER, accountId: OTHER_ACCOUNT, at: AT }, OTHER_USER);
    await views.catchUp();
    expect(await accounts.onboardingFigures(OTHER_USER)).toEqual({ tradesUsed: 1 });
  });
});
