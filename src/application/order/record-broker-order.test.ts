import { describe, expect, it } from 'vitest';
import { brokerOrder, cause } from './order-path.suite.ts';
import { placedOrder } from './placed-order.suite.ts';

describe('what the broker reports', () => {
  it('of an order that was not placed here is recorded as observed', async () => {
    const { needs, access, store } = await placedOrder();
    const foreign = brokerOrder('from-elsewhere');
    const orderId = await needs.recordBrokerOrder(access, { order: foreign, execution: null, reason: null }, cause);
    await needs.recordBrokerOrder(access, { order: foreign, execution: null, reason: null }, cause);
    expect((await store.readStream(`order-${orderId}`)).map((event) => event.type)).toEqual(['OrderObserved']);
  });

  it('under the id of another account’s order does not touch that order', async () => {
    const { needs, access, orderId, types } = await placedOrder();
    const stranger = { ...access, accountId: '55555555-5555-4555-8555-555555555555' };
    await needs.recordBrokerOrder(stranger, { order: brokerOrder(orderId), execution: null, reason: null }, cause);
    expect(await types()).toEqual(['OrderPlaced']);
  });
});
