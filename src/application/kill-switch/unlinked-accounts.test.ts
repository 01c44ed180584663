/** Accounts without a broker link when a halt begins: what may still trade in them is not called done. */
import { describe, expect, it } from 'vitest';
import { FIRST, SECOND, userOf } from './house.suite.ts';
import { cancel, flatten, runningHouse, submits, WITHIN } from './running-house.suite.ts';

const UNREACHED = ['a halt can not be carried out in an account: it has orders, and no broker link'];

describe('an account that has no link when a halt begins', () => {
  it('and an order at the broker is overdue, until it links again and the order is cancelled', async () => {
    const house = await runningHouse();
    await house.working();
    house.unlink(FIRST);
    const haltId = await house.halt(cancel);
    await house.comesTo('overdue', haltId);
    expect(house.alarms).toEqual(UNREACHED);
    expect((await house.state()).standing.get(haltId)).toMatchObject({ accounts: 1, carriedOutAt: null });
    house.link(FIRST);
    await house.carriedOut(haltId);
    expect(house.openOf(FIRST)).toEqual([]);
    expect((await house.state()).standing.get(haltId)).toMatchObject({ accounts: 1, stages: { done: 1, overdue: 0 } });
    expect(house.alarms).toEqual(UNREACHED);
  });

  it('is waited for by the halt of its user too', async () => {
    const house = await runningHouse();
    const userId = userOf(FIRST);
    await house.join({ ...house.access, accountId: FIRST, userId });
    await house.working();
    house.unlink(FIRST);
    const other = await house.halt({ ...cancel, scope: { kind: 'user', userId: userOf(SECOND) } });
    await house.carriedOut(other);
    const haltId = await house.halt({ ...cancel, scope: { kind: 'user', userId } });
    await house.comesTo('overdue', haltId);
    expect(await house.isCarriedOut(haltId)).toBe(false);
  });

  it('keeps no halt waiting of which it has nothing at the broker', async () => {
    const house = await runningHouse([FIRST, SECOND]);
    await house.working();
    house.unlink(FIRST);
    await house.place({ symbol: 'IBM' });
    for (const scope of [
      { kind: 'symbol', symbol: 'IBM' },
      { kind: 'account', accountId: SECOND, symbol: null },
      { kind: 'account', accountId: FIRST, symbol: 'MSFT' },
    ] as const) {
      await house.carriedOut(await house.halt({ ...cancel, scope }));
    }
    expect(house.alarms).toEqual([]);
  });

  it('is visited when it links while the halt stands, also after that was carried out', async () => {
    const house = await runningHouse([FIRST, SECOND]);
    house.unlink(SECOND);
    house.hold(SECOND, 'AAPL', '10');
    house.elsewhere(SECOND, { symbol: 'IBM' });
    const haltId = await house.halt(flatten);
    await house.carriedOut(haltId);
    expect((await house.state()).standing.get(haltId)).toMatchObject({ accounts: 1 });
    house.link(SECOND);
    await house.comesTo('done', haltId, SECOND);
    await house.carriedOut(haltId);
    expect(house.openOf(SECOND)).toEqual([]);
    expect(house.positionsOf(SECOND)).toEqual([]);
    expect(submits(house)).toEqual(['submit sell 10 AAPL']);
    await expect
      .poll(async () => (await house.state()).standing.get(haltId), WITHIN)
      .toMatchObject({ accounts: 2, stages: { done: 2 } });
  });
});
