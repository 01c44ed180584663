/** The broker's list of positions may be older than what was executed: what was sold is never sold again. */
import { describe, expect, it } from 'vitest';
import { FIRST } from './house.suite.ts';
import { flatten, runningHouse, submits, WITHIN } from './running-house.suite.ts';
import type { RunningHouse } from './running-house.suite.ts';

/** A halt whose closing order of ten shares rests at the broker. */
async function closingTen() {
  const house = await runningHouse();
  house.hold(FIRST, 'AAPL', '10');
  house.script.market = 'resting';
  const haltId = await house.halt(flatten);
  await expect.poll(() => submits(house), WITHIN).toEqual(['submit sell 10 AAPL']);
  return { house, haltId, closing: await nextOpen(house) };
}
async function nextOpen(house: RunningHouse): Promise<string> {
  await expect.poll(() => house.openOf(FIRST), WITHIN).toHaveLength(1);
  return house.openOf(FIRST)[0]!.brokerOrderId;
}
/** Until a report tells that so much is held. */
async function shows(house: RunningHouse, haltId: string, shares: string): Promise<void> {
  await expect
    .poll(async () => (await house.progress(haltId))?.report.left?.positions, WITHIN)
    .toEqual([{ symbol: 'AAPL', quantity: shares }]);
}

describe('a list of positions', () => {
  it('that shows one part of an execution and not the next is not sold', async () => {
    const { house, haltId, closing } = await closingTen();
    await house.trade(closing, '4', 'goesOn');
    await shows(house, haltId, '6');
    house.script.tellsPositions = false;
    await house.trade(closing, '6');
    house.passTime(6);
    await house.looksAgain();
    expect(submits(house)).toEqual(['submit sell 10 AAPL']);
    house.script.tellsPositions = true;
    await house.carriedOut(haltId);
    expect(submits(house)).toHaveLength(1);
    expect(house.positionsOf(FIRST)).toEqual([]);
  });

  it('from before an execution is not sold, however long its order had rested', async () => {
    const { house, haltId, closing } = await closingTen();
    house.passTime(61);
    await house.comesTo('overdue', haltId);
    await house.looksAgain();
    house.script.tellsPositions = false;
    await house.trade(closing, '10');
    await house.looksAgain();
    expect(submits(house)).toEqual(['submit sell 10 AAPL']);
    house.script.tellsPositions = true;
    await house.carriedOut(haltId);
    expect(submits(house)).toHaveLength(1);
  });

  it('is sold when it shows what every closing order has left of what it was made out for', async () => {
    const { house, haltId, closing } = await closingTen();
    await house.trade(closing, '4');
    house.passTime(6);
    const second = await nextOpen(house);
    expect(submits(house).at(-1)).toBe('submit sell 6 AAPL');
    await house.looksAgain();
    house.script.tellsPositions = false;
    await house.trade(second, '3');
    house.passTime(6);
    await house.looksAgain();
    // Six were left once already; now it is the list from before the second order.
    expect(submits(house)).toHaveLength(2);
    house.script.tellsPositions = true;
    house.script.market = 'filled';
    await house.carriedOut(haltId);
    expect(submits(house).slice(1)).toEqual(['submit sell 6 AAPL', 'submit sell 3 AAPL']);
    expect(house.positionsOf(FIRST)).toEqual([]);
    expect(house.alarms).toEqual([]);
  });

  it('that never shows an execution counts a minute after it: the position may be another one by then', async () => {
    const { house, haltId, closing } = await closingTen();
    await house.looksAgain();
    await house.trade(closing, '10');
    house.hold(FIRST, 'AAPL', '10');
    house.passTime(59);
    await house.looksAgain();
    expect(submits(house)).toHaveLength(1);
    house.script.market = 'filled';
    house.passTime(1);
    await house.carriedOut(haltId);
    expect(submits(house)).toEqual(['submit sell 10 AAPL', 'submit sell 10 AAPL']);
  });

  it('from before an execution of the trader’s own order is not sold either', async () => {
    const house = await runningHouse();
    await house.owns(FIRST, 'AAPL', '10');
    await house.working({ side: 'sell', quantity: '4', limitPrice: '101' });
    await house.broker.positions(house.access);
    house.script.tellsPositions = false;
    house.script.cancels = 'later';
    const haltId = await house.halt(flatten);
    await expect.poll(async () => (await house.progress(haltId))?.report.left?.orders, WITHIN).toBe(1);
    await house.trade(await nextOpen(house), '3');
    await house.looksAgain();
    expect(submits(house)).toEqual(['submit sell 4 AAPL']);
    house.script.tellsPositions = true;
    await house.carriedOut(haltId);
    expect(submits(house).slice(1)).toEqual(['submit sell 7 AAPL']);
    expect(house.positionsOf(FIRST)).toEqual([]);
  });

  it('is read again when it has grown old over its first positions', async () => {
    const slow = { pass: () => undefined as void };
    const house = await runningHouse(undefined, (store) => ({
      ...store,
      append(stream, expected, events) {
        if (events.some(({ type }) => type === 'OrderPlaced')) slow.pass();
        return store.append(stream, expected, events);
      },
    }));
    for (const symbol of ['AAPL', 'IBM', 'MSFT']) house.hold(FIRST, symbol, '5');
    slow.pass = () => {
      house.passTime(6);
      house.hold(FIRST, 'MSFT', '0');
    };
    const haltId = await house.halt(flatten);
    await house.carriedOut(haltId);
    expect(submits(house).toSorted()).toEqual(['submit sell 5 AAPL', 'submit sell 5 IBM']);
  });
});
