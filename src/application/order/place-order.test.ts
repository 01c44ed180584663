import { describe, expect, it } from 'vitest';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { LIMITS, tablesOf } from '../../domain/risk-policy/samples.suite.ts';
import { createAggregates } from '../aggregates.ts';
import { ACCOUNT, cause, openDesk } from './order-path.suite.ts';
import { createPlaceOrder } from './place-order.ts';

const placed = (results: readonly { kind: string }[]) => results.filter((result) => result.kind === 'placed').length;

describe('placing an order', () => {
  it('fifty times at once under one request id gives one order and fifty equal answers', async () => {
    const { placeOrder, order, store } = await openDesk();
    const answers = await Promise.all(Array.from({ length: 50 }, () => placeOrder(order({ requestId: 'r1' }))));
    const ids = new Set(answers.map((answer) => (answer.kind === 'placed' ? answer.orderId : answer.kind)));
    expect(ids.size).toBe(1);
    expect(placed(answers)).toBe(50);
    const stored = await store.readAll('', 1_000);
    expect(stored.filter((event) => event.type === 'OrderAdmitted')).toHaveLength(1);
    expect(stored.filter((event) => event.type === 'OrderPlaced')).toHaveLength(1);
  });

  it('twenty at once for the last free trade admits exactly one', async () => {
    const { placeOrder, order, store } = await openDesk();
    for (let n = 0; n < 3; n += 1) await placeOrder(order());
    const answers = await Promise.all(Array.from({ length: 20 }, () => placeOrder(order())));
    expect(placed(answers)).toBe(1);
    expect(answers.filter((answer) => answer.kind === 'denied')).toHaveLength(19);
    const risk = await store.readStream(riskStream(ACCOUNT));
    expect(risk.filter((event) => event.type === 'OrderAdmitted')).toHaveLength(4);
  });

  it('under a used request id with other content is refused', async () => {
    const { placeOrder, order } = await openDesk();
    await placeOrder(order({ requestId: 'r1' }));
    expect(await placeOrder(order({ requestId: 'r1' }, '2'))).toEqual({ kind: 'refused', code: 'request_id_reused' });
  });

  it('a second time within ten seconds is asked about, and its answer stays what it was', async () => {
    const { placeOrder, order, passTime, store } = await openDesk();
    await placeOrder(order({ confirmed: false }));
    const slip = order({ confirmed: false, requestId: 'r1' });
    const denied = await placeOrder(slip);
    expect(denied).toMatchObject({ kind: 'denied', breaches: [{ rule: 'duplicate_order' }] });
    expect(await placeOrder({ ...slip, confirmed: true })).toEqual(denied);
    expect(await placeOrder({ ...slip, confirmed: true, requestId: 'r2' })).toMatchObject({ kind: 'placed' });
    expect(await placeOrder({ ...slip, requestId: 'r2' })).toMatchObject({ kind: 'placed', position: null });
    passTime(11);
    expect(await placeOrder(order({ confirmed: false }))).toMatchObject({ kind: 'placed' });
    expect((await store.readStream(riskStream(ACCOUNT))).filter(({ type }) => type === 'OrderAdmitted')).toHaveLength(
      3,
    );
  });

  it('again and again stops the account, and a person is told', async () => {
    const { placing, order, alarms } = await openDesk();
    const limitTables = tablesOf({ ...LIMITS, mostRepetitionsInAMinute: 2 });
    const placeOrder = createPlaceOrder({ ...placing, limitTables });
    for (let n = 0; n < 2; n += 1) await placeOrder(order());
    expect(await placeOrder(order())).toMatchObject({ breaches: [{ rule: 'repeated_execution', actual: '3' }] });
    expect(await placeOrder(order())).toMatchObject({ breaches: [{ rule: 'repeated_execution', detail: 'tripped' }] });
    expect(alarms).toEqual(['an account repeats its orders and can only make positions smaller now']);
  });

  it('stores nothing for what can not be an order, nor for an account that is not the own one', async () => {
    const { placeOrder, order, store } = await openDesk();
    const before = (await store.readAll('', 100)).length;
    const terms = order().terms;
    expect(await placeOrder(order({ accountId: '33333333-3333-4333-8333-333333333333' }))).toMatchObject({
      code: 'not_found',
    });
    expect(await placeOrder(order({ userId: '44444444-4444-4444-8444-444444444444' }))).toMatchObject({
      code: 'not_found',
    });
    expect(await placeOrder(order({ terms: { ...terms, symbol: 'NOPE' } }))).toMatchObject({
      code: 'unknown_instrument',
    });
    expect(await placeOrder(order({ terms: { ...terms, type: 'limit' } }))).toMatchObject({
      reasons: ['limit_price_missing'],
    });
    expect(await store.readAll('', 100)).toHaveLength(before);
  });

  it('gives the first answer again, also once the broker has stopped taking such orders', async () => {
    const { placeOrder, order, passTime } = await openDesk();
    const forTheClose = order({ requestId: 'r1', terms: { ...order().terms, timeInForce: 'cls' } });
    // 10:00 in New York.
    const first = await placeOrder(forTheClose);
    expect(first).toMatchObject({ kind: 'placed' });
    passTime(6 * 3600);
    expect(await placeOrder(forTheClose)).toEqual({ ...first, position: null });
    expect(await placeOrder({ ...forTheClose, requestId: 'r2' })).toEqual({
      kind: 'unsupported',
      reasons: ['closing_order_window'],
    });
  });

  it('goes by the position that is stored, however long ago this process has seen the account', async () => {
    const { placeOrder, order, aggregates, store, placing } = await openDesk();
    const elsewhere = createPlaceOrder({ ...placing, aggregates: createAggregates({ store, ids: systemIds }) });
    await elsewhere(order({ requestId: 'seen before the fill' }));
    const bought = await placeOrder(order({}, '2.5'));
    if (bought.kind !== 'placed') throw new Error(bought.kind);
    const booked = { symbol: 'AAPL', side: 'buy', tradingDay: '2026-03-02' } as const;
    const execution = {
      brokerOrderId: 'B1',
      executionId: null,
      recordId: null,
      quantity: '2.5',
      price: '100',
      cumulativeQuantity: '2.5',
      executedAt: '2026-03-02T15:00:00.000Z',
    };
    const fill = { type: 'BookFill', orderId: bought.orderId, execution, ...booked } as const;
    await aggregates.risk.handle(riskStream(ACCOUNT), fill, cause);
    const sell = (quantity: string) => elsewhere(order({ terms: { ...order().terms, side: 'sell', quantity } }));
    // If nothing were held, each would be a fraction sold short.
    expect(await sell('2.6')).toMatchObject({ kind: 'unsupported', reasons: ['position_flip'] });
    expect(await sell('2.5')).toMatchObject({ kind: 'placed' });
  });
});
