/** A halt that is asked for once more after it was carried out: what has come up since is dealt with. */
import { describe, expect, it } from 'vitest';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { cause } from '../order/order-path.suite.ts';
import { createHaltTrading } from './halt-trading.ts';
import { FIRST, SECOND } from './house.suite.ts';
import { cancel, flatten, runningHouse, submits } from './running-house.suite.ts';
import type { RunningHouse } from './running-house.suite.ts';

/** As the command line asks for it. */
function stop(house: RunningHouse, work: { readonly cancelOrders: boolean; readonly flatten: boolean }) {
  const halting = createHaltTrading({ aggregates: house.aggregates, clock: house.needs.clock, ids: systemIds });
  const reason = { code: 'by_hand', text: 'A test.' };
  const by = { kind: 'command_line' } as const;
  return halting({ scope: { kind: 'everything' }, level: 'halted', reason, ...work, by, cause });
}
const CLOSE = { cancelOrders: true, flatten: true };

describe('a halt that is asked for again', () => {
  it('closes what was opened at the broker’s own site since, under the halt that stands', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10');
    const haltId = await house.halt(flatten);
    await house.carriedOut(haltId);
    const first = (await house.progress(haltId))?.report.closing;
    house.passTime(60);
    house.hold(FIRST, 'AAPL', '3');
    house.elsewhere(FIRST, { symbol: 'IBM' });

    expect(await stop(house, CLOSE)).toMatchObject({ kind: 'done', haltId, recorded: true, renewed: true });
    await house.carriedOut(haltId);
    expect(house.positionsOf(FIRST)).toEqual([]);
    expect(house.openOf(FIRST)).toEqual([]);
    expect(submits(house)).toEqual(['submit sell 10 AAPL', 'submit sell 3 AAPL']);
    const { closing } = (await house.progress(haltId))!.report;
    expect(closing).toMatchObject([{ symbol: 'AAPL', quantity: '3' }]);
    expect(closing).not.toEqual(first);
    expect((await house.state()).standing.size).toBe(1);
  });

  it('goes through accounts that were done, also while another one is not', async () => {
    const house = await runningHouse([FIRST, SECOND]);
    await house.working({ accountId: SECOND });
    house.script.cancels = 'refused';
    const haltId = await house.halt(cancel);
    await house.comesTo('done', haltId, FIRST);
    await house.comesTo('cancelling', haltId, SECOND);
    house.hold(FIRST, 'AAPL', '10');
    house.elsewhere(FIRST, { symbol: 'IBM' });

    expect(await stop(house, { cancelOrders: true, flatten: false })).toMatchObject({ haltId, renewed: true });
    await house.comesTo('cancelling', haltId, FIRST);
    house.script.cancels = 'at once';
    await house.carriedOut(haltId);
    expect(house.openOf(FIRST)).toEqual([]);
    expect(house.positionsOf(FIRST)).toHaveLength(1);
  });

  it('is the halt under way where nothing of it is done', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10');
    house.script.market = 'resting';
    const haltId = await house.halt(flatten);
    await house.comesTo('flattening', haltId);
    expect(await stop(house, CLOSE)).toMatchObject({ haltId, recorded: false, renewed: false });
    expect((await house.state()).standing.get(haltId)).toMatchObject({ renewals: 0 });
  });
});
