import { describe, expect, it } from 'vitest';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { ACCOUNT, openDesk } from './order-path.suite.ts';

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
});
