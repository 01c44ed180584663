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
});
