import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { brokerExecution } from '../../../../contracts/broker-api.ts';
import type { Fill } from '../../../domain/order/events.ts';
import { ACCOUNT, AT, applyAll, openViews, type ViewsUnderTest } from './desk.suite.ts';
import { createExecutionQueries, type ExecutionQueries } from './executions.ts';

describe('executions', () => {
  let views: ViewsUnderTest;
  let queries: ExecutionQueries;
  beforeAll(async () => {
    views = await openViews();
    queries = createExecutionQueries(views.pool);
  });
  afterAll(() => views.close());
  beforeEach(() => views.reset());

  const executed = async (instrument = 'AAPL', maxCount = 100) => {
    await views.catchUp();
    return queries.executions(ACCOUNT, instrument, maxCount);
  };

  it('lists the executions of one account and instrument, newest first', async () => {
    const { desk } = views;
    const orderId = await desk.send();
    await desk.fill(orderId, '4', '4', { price: '187.21', executedAt: '2026-03-02T15:00:05.999999Z' });
    await desk.fill(orderId, '6', '10', { price: '187.25', executedAt: '2026-03-02T15:00:06.000Z' });
    await desk.trade('buy', '1', '50', { symbol: 'IBM' });
    const rows = await executed();
    expect(rows).toEqual([
      {
        id: `B-${orderId}:10`,
        instrument: 'AAPL',
        price: 187.25,
        time: Date.parse('2026-03-02T15:00:06Z') / 1000,
        qty: 6,
        side: 'buy',
        orderId,
        isClose: false,
      },
      expect.objectContaining({ id: `B-${orderId}:4`, qty: 4, time: Date.parse('2026-03-02T15:00:05Z') / 1000 }),
    ]);
    expect(brokerExecution.strict().array().parse(rows)).toEqual(rows);
    expect(await executed('AAPL', 1)).toEqual(rows.slice(0, 1));
    expect(await executed('IBM')).toHaveLength(1);
    expect(await executed('\0')).toEqual([]);
    expect(await queries.executions('somebody else', 'AAPL', 100)).toEqual([]);
  });

  it('tells which executions made a position smaller', async () => {
    const { desk } = views;
    await desk.risk({
      type: 'RecordOpeningPositions',
      positions: [{ symbol: 'AAPL', quantity: '3', averagePrice: '100' }],
      at: AT,
    });
    const steps = [
      ['sell', '2', true],
      ['sell', '2', true],
      ['sell', '1', false],
      ['buy', '2', true],
      ['buy', '0.5', false],
      ['sell', '0.5', true],
    ] as const;
    for (const [side, shares] of steps) await desk.trade(side, shares, '187');
    const times = (await executed()).map(({ isClose }) => isClose).toReversed();
    expect(times).toEqual(steps.map(([, , closes]) => closes));
  });

  it('keeps an execution once, however its count is written', async () => {
    const { desk } = views;
    const orderId = await desk.send();
    await desk.fill(orderId, '4', '4');
    const [filled] = (await views.catchUp()).filter(({ type }) => type === 'OrderPartiallyFilled');
    const fill = filled!.data as Fill;
    const again = { ...fill, execution: { ...fill.execution, cumulativeQuantity: '4.00' } };
    await applyAll(views.pool, [filled!, { ...filled!, revision: filled!.revision + 1, data: again }]);
    const rows = await executed();
    expect(rows).toHaveLength(1);
    expect(await queries.findExecution(fill.execution)).toEqual(rows[0]);
    expect(await queries.findExecution({ ...fill.execution, cumulativeQuantity: '5' })).toBeNull();
  });

  describe('that the broker has changed', () => {
    const amounts = async () => (await executed()).map(({ id, qty, price, isClose }) => [id, qty, price, isClose]);

    it('are listed as they count now, and not when they were busted', async () => {
      const { desk } = views;
      const orderId = await desk.send();
      await desk.fill(orderId, '4', '4', { executionId: 'E1' });
      await desk.fill(orderId, '2', '6', { executionId: 'E2' });
      await desk.correct(orderId, 'E1', { quantity: '3', price: '187' }, '5');
      expect(await amounts()).toEqual([
        [`B-${orderId}:6`, 2, 187.25, false],
        [`B-${orderId}:4`, 3, 187, false],
      ]);
      await desk.bust(orderId, 'E2', '3');
      expect(await amounts()).toEqual([[`B-${orderId}:4`, 3, 187, false]]);
      const place = { brokerOrderId: `B-${orderId}`, cumulativeQuantity: '6' };
      expect(await queries.findExecution(place)).toMatchObject({ qty: 0, busted: true });
    });

    it('leave their place to another one with the same count', async () => {
      const { desk } = views;
      const orderId = await desk.send();
      await desk.fill(orderId, '4', '4', { executionId: 'E1' });
      await desk.bust(orderId, 'E1', '0');
      await desk.fill(orderId, '4', '4', { executionId: 'E2', executedAt: '2026-03-02T15:02:00.000Z' });
      expect(await amounts()).toEqual([[`B-${orderId}:4#2`, 4, 187.25, false]]);
      const place = { brokerOrderId: `B-${orderId}`, cumulativeQuantity: '4' };
      expect(await queries.findExecution(place)).toMatchObject({ busted: true });
      expect(await queries.findExecution({ ...place, repeat: 1 })).not.toHaveProperty('busted');
    });

    it('change which of the later ones made a position smaller', async () => {
      const { desk } = views;
      const orderId = await desk.send();
      await desk.fill(orderId, '10', '10', { executionId: 'E1' });
      await desk.trade('sell', '4', '188');
      const closes = async () => (await executed()).map(({ side, isClose }) => [side, isClose]);
      expect(await closes()).toContainEqual(['sell', true]);
      await desk.bust(orderId, 'E1', '0');
      expect(await closes()).toEqual([['sell', false]]);
    });
  });
});
