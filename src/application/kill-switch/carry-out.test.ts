import { describe, expect, it } from 'vitest';
import { orderStream } from '../../domain/order/events.ts';
import { FIRST, SECOND } from './house.suite.ts';
import { cancel, flatten, runningHouse, submits, WITHIN } from './running-house.suite.ts';

describe('a halt that cancels', () => {
  it('has every order cancelled, those from elsewhere too, tells which, and places nothing', async () => {
    const house = await runningHouse();
    const ours = [await house.working(), await house.working({ symbol: 'IBM' })];
    const foreign = house.elsewhere(FIRST);
    const haltId = await house.halt(cancel);
    await house.carriedOut(haltId);
    expect(house.openOf(FIRST)).toEqual([]);
    const { report } = (await house.progress(haltId))!;
    expect([...report.orders].toSorted()).toEqual(ours.toSorted());
    expect(report).toMatchObject({ closing: [], left: { orders: 0, unfinished: 0, positions: [] } });
    expect(house.requests.filter((each) => each === 'cancel all')).toHaveLength(1);
    for (const orderId of ours) expect(await house.order(orderId)).toMatchObject({ status: 'cancelled' });
    expect(submits(house)).toHaveLength(2);
    expect(foreign).toBeTruthy();
  });

  it('shows in the story of each order who asked for it', async () => {
    const house = await runningHouse();
    const orderId = await house.working();
    house.script.cancels = 'later';
    const haltId = await house.halt(cancel);
    await expect.poll(() => house.typesOf(orderId), WITHIN).toContain('CancelRequested');
    const asked = (await house.store.readStream(orderStream(orderId))).find(({ type }) => type === 'CancelRequested');
    expect(asked?.metadata).toMatchObject({ correlationId: haltId, actor: { kind: 'system', id: 'kill-switch' } });
    house.script.cancels = 'at once';
    await house.settle();
    await house.carriedOut(haltId);
  });

  it('goes through every linked account in its scope, and through no other', async () => {
    const house = await runningHouse([FIRST, SECOND]);
    await house.working();
    await house.working({ accountId: SECOND });
    const own = await house.halt({ ...cancel, scope: { kind: 'account', accountId: FIRST, symbol: null } });
    await house.carriedOut(own);
    expect([house.openOf(FIRST), house.openOf(SECOND)]).toMatchObject([[], [{ symbol: 'AAPL' }]]);
    const all = await house.halt(cancel);
    await house.carriedOut(all);
    expect(house.openOf(SECOND)).toEqual([]);
    expect((await house.state()).standing.get(all)).toMatchObject({ accounts: 2, stages: { done: 2 } });
  });

  it('of one symbol leaves the others', async () => {
    const house = await runningHouse();
    await house.working();
    const kept = await house.working({ symbol: 'IBM' });
    house.elsewhere(FIRST);
    house.elsewhere(FIRST, { symbol: 'IBM' });
    const haltId = await house.halt({ ...cancel, scope: { kind: 'symbol', symbol: 'AAPL' } });
    await house.carriedOut(haltId);
    expect(house.openOf(FIRST).map(({ symbol }) => symbol)).toEqual(['IBM', 'IBM']);
    expect(await house.order(kept)).toMatchObject({ status: 'working', cancelRequested: false });
  });

  it('of a strategy has nothing to do at the broker, and says so', async () => {
    const house = await runningHouse();
    await house.working();
    const haltId = await house.halt({ ...cancel, scope: { kind: 'strategy', strategyId: 's' } });
    await house.carriedOut(haltId);
    expect((await house.state()).standing.get(haltId)).toMatchObject({ accounts: 0 });
    expect(house.openOf(FIRST)).toHaveLength(1);
  });

  it('at `reducing` keeps the orders that can only make a position smaller', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10');
    house.hold(FIRST, 'IBM', '-5');
    const stop = house.elsewhere(FIRST, { side: 'sell', type: 'stop', terms: terms('10') });
    const cover = house.elsewhere(FIRST, { symbol: 'IBM', terms: terms('5') });
    house.elsewhere(FIRST, { side: 'sell', terms: terms('11') });
    house.elsewhere(FIRST, { side: 'buy', terms: terms('1') });
    house.elsewhere(FIRST, { side: 'sell', terms: terms('0') });
    const own = await house.working();
    const haltId = await house.halt({ ...cancel, level: 'reducing' });
    await house.carriedOut(haltId);
    expect(house.openOf(FIRST).map(({ brokerOrderId }) => brokerOrderId)).toEqual([stop, cover]);
    expect(await house.order(own)).toMatchObject({ status: 'cancelled' });
    expect(house.requests).not.toContain('cancel all');
  });

  it('asks for nothing where it is told not to', async () => {
    const house = await runningHouse();
    await house.working();
    const before = [...house.requests];
    await house.halt();
    const later = await house.halt({ ...cancel, scope: { kind: 'strategy', strategyId: 's' } });
    await house.carriedOut(later);
    expect(house.requests).toEqual(before);
  });

  it('goes on until the broker has cancelled, whatever it answers meanwhile', async () => {
    const house = await runningHouse();
    await house.working();
    house.script.answers = false;
    const haltId = await house.halt(cancel);
    await house.comesTo('cancelling', haltId);
    expect((await house.progress(haltId))?.report.left).toBeNull();
    house.script.answers = true;
    house.script.cancels = 'refused';
    await expect.poll(async () => (await house.progress(haltId))?.report.left?.orders, WITHIN).toBe(1);
    house.script.cancels = 'at once';
    await house.carriedOut(haltId);
    expect(house.openOf(FIRST)).toEqual([]);
  });

  it('raises one alarm when it takes longer than a minute while the market is open, and goes on', async () => {
    const house = await runningHouse();
    await house.working();
    house.script.cancels = 'refused';
    const haltId = await house.halt(cancel);
    await house.comesTo('cancelling', haltId);
    house.passTime(61);
    await house.comesTo('overdue', haltId);
    expect(house.alarms).toEqual(['a halt is not carried out in an account']);
    house.script.cancels = 'at once';
    await house.carriedOut(haltId);
    expect(house.alarms).toHaveLength(1);
  });

  it('ends with its release', async () => {
    const house = await runningHouse();
    await house.working();
    house.script.cancels = 'refused';
    const scope = { kind: 'account', accountId: FIRST, symbol: null } as const;
    const by = { kind: 'person', userId: 'trader', accountId: FIRST } as const;
    const haltId = await house.halt({ ...cancel, scope, by });
    await house.comesTo('cancelling', haltId);
    const release = { type: 'ReleaseHalt', haltId, by, at: house.needs.clock.now() } as const;
    await house.aggregates.killSwitch.handle('kill-switch', release, { ...cause(haltId) });
    house.script.cancels = 'at once';
    const asked = house.requests.length;
    const next = await house.halt({ ...cancel, scope: { kind: 'strategy', strategyId: 's' } });
    await house.carriedOut(next);
    expect(house.requests.length - asked).toBeLessThanOrEqual(1);
  });

  it('waits for an account that has lost its link, with an alarm, and goes on with the next link', async () => {
    const house = await runningHouse();
    await house.working();
    house.script.cancels = 'refused';
    const haltId = await house.halt(cancel);
    await house.comesTo('cancelling', haltId);
    house.unlink(FIRST);
    await house.comesTo('overdue', haltId);
    expect(house.alarms).toEqual(['an account of a halt has no broker link any more']);
    expect(await house.isCarriedOut(haltId)).toBe(false);
    house.script.cancels = 'at once';
    house.link(FIRST);
    await house.carriedOut(haltId);
  });
});

describe('a halt that flattens', () => {
  it('closes every position at the broker, long and short, whole and fractional, and verifies it', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10.25');
    house.hold(FIRST, 'IBM', '-5');
    await house.working({ symbol: 'MSFT' });
    const haltId = await house.halt(flatten);
    await house.carriedOut(haltId);
    expect(submits(house).slice(1).toSorted()).toEqual(['submit buy 5 IBM', 'submit sell 10.25 AAPL']);
    expect(house.positionsOf(FIRST)).toEqual([]);
    expect(house.openOf(FIRST)).toEqual([]);
    const { report } = (await house.progress(haltId))!;
    expect(report.closing.map(({ symbol, quantity }) => `${quantity} ${symbol}`).toSorted()).toEqual([
      '10.25 AAPL',
      '5 IBM',
    ]);
    expect(report.left).toEqual({ orders: 0, unfinished: 0, positions: [] });
    const [closing] = report.closing;
    const placed = (await house.store.readStream(orderStream(closing!.orderId)))[0];
    expect(placed).toMatchObject({ type: 'OrderPlaced', data: { channel: 'kill-switch' } });
  });

  it('closes nothing before the orders are gone: what they hold can not be sold, and what they trade changes it', async () => {
    const house = await runningHouse();
    await house.owns(FIRST, 'AAPL', '10');
    const sell = house.elsewhere(FIRST, { side: 'sell', terms: terms('4') });
    house.script.cancels = 'later';
    const haltId = await house.halt(flatten);
    await expect.poll(async () => (await house.progress(haltId))?.report.left?.orders, WITHIN).toBe(1);
    expect(submits(house)).toEqual([]);
    await house.trade(sell, '4');
    await house.carriedOut(haltId);
    expect(submits(house)).toEqual(['submit sell 6 AAPL']);
    expect(house.positionsOf(FIRST)).toEqual([]);
  });

  it('waits for the open when the market is closed; the cancels do not', async () => {
    const house = await runningHouse();
    house.script.isOpen = false;
    house.hold(FIRST, 'AAPL', '10');
    await house.working();
    const haltId = await house.halt(flatten);
    await house.comesTo('waiting_for_open', haltId);
    expect(house.openOf(FIRST)).toEqual([]);
    house.passTime(8 * 3_600);
    expect(submits(house)).toHaveLength(1);
    house.script.isOpen = true;
    await house.carriedOut(haltId);
    expect(submits(house).slice(1)).toEqual(['submit sell 10 AAPL']);
    expect(house.alarms).toEqual([]);
  });

  it('closes what is left with another order, and never sells what the list of positions still shows', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10');
    house.script.market = 4;
    house.script.tellsPositions = true;
    const haltId = await house.halt(flatten);
    await expect.poll(() => house.positionsOf(FIRST), WITHIN).toMatchObject([{ quantity: '6' }]);
    house.script.market = 'filled';
    house.script.tellsPositions = false;
    await expect.poll(async () => (await house.progress(haltId))?.report.left?.positions, WITHIN).toHaveLength(1);
    house.passTime(6);
    house.script.tellsPositions = true;
    await house.carriedOut(haltId);
    expect(submits(house)).toEqual(['submit sell 10 AAPL', 'submit sell 6 AAPL']);
  });

  it('makes at most three attempts for a symbol, and then calls a person', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10');
    house.script.market = 'rejected';
    const haltId = await house.halt(flatten);
    for (const attempts of [1, 2, 3]) {
      await expect.poll(() => submits(house), WITHIN).toHaveLength(attempts);
      house.passTime(6);
    }
    await house.comesTo('overdue', haltId);
    expect(house.alarms).toEqual(['a halt is not carried out in an account']);
    expect(submits(house)).toHaveLength(3);
    const orders = (await house.progress(haltId))?.report.closing.map(({ orderId }) => orderId);
    expect(new Set(orders).size).toBe(3);
  });

  it('closes each position once when two halts ask for it', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10');
    house.script.market = 'resting';
    const first = await house.halt(flatten);
    const second = await house.halt({ ...flatten, scope: { kind: 'account', accountId: FIRST, symbol: null } });
    await expect.poll(() => submits(house), WITHIN).toHaveLength(1);
    await house.comesTo('flattening', second);
    expect(house.openOf(FIRST)).toHaveLength(1);
    const [closing] = house.openOf(FIRST);
    await house.trade(closing!.brokerOrderId, '10');
    await house.carriedOut(first);
    await house.carriedOut(second);
    expect(submits(house)).toHaveLength(1);
    expect(house.positionsOf(FIRST)).toEqual([]);
  });

  it('of one symbol closes that one', async () => {
    const house = await runningHouse();
    house.hold(FIRST, 'AAPL', '10');
    house.hold(FIRST, 'IBM', '5');
    const haltId = await house.halt({ ...flatten, scope: { kind: 'account', accountId: FIRST, symbol: 'IBM' } });
    await house.carriedOut(haltId);
    expect(house.positionsOf(FIRST)).toMatchObject([{ symbol: 'AAPL' }]);
  });
});

const terms = (quantity: string) => ({ quantity, limitPrice: null, stopPrice: null, timeInForce: 'day' }) as const;
const cause = (correlationId: string) => ({
  correlationId,
  causationId: null,
  actor: { kind: 'user', id: 'trader' } as const,
});
