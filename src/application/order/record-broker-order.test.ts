import { describe, expect, it } from 'vitest';
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { brokerOrder, cause } from './order-path.suite.ts';
import { placedOrder } from './placed-order.suite.ts';
import { createRecordBrokerOrder } from './record-broker-order.ts';

describe('what the broker reports', () => {
  it('of an order that was not placed here is recorded as observed', async () => {
    const { needs, access, store } = await placedOrder();
    const foreign = brokerOrder('from-elsewhere');
    const orderId = await needs.recordBrokerOrder(access, { order: foreign, execution: null, reason: null }, cause);
    await needs.recordBrokerOrder(access, { order: foreign, execution: null, reason: null }, cause);
    expect((await store.readStream(`order-${orderId}`)).map((event) => event.type)).toEqual(['OrderObserved']);
  });

  it('of an order that was replaced, without saying by which, is looked for under the name of our change', async () => {
    const { needs, store, access, orderId, types, submit, aggregates } = await placedOrder();
    await submit();
    const terms = { quantity: '2', limitPrice: null, stopPrice: null, timeInForce: 'day' } as const;
    const change = { type: 'RequestReplace', terms, at: needs.clock.now() } as const;
    await aggregates.orders.handle(`order-${orderId}`, change, cause);
    const successor = brokerOrder(`tradsy-${orderId}~r1`, { terms, replaces: `B-${orderId}` });
    const asked: string[] = [];
    let answers = false;
    const records: typeof needs.broker = {
      ...needs.broker,
      byClientOrderId(_access, name) {
        asked.push(name);
        return Promise.resolve(answers ? { kind: 'found', value: successor } : { kind: 'unknown', reason: 'time-out' });
      },
      byId: () => Promise.resolve({ kind: 'found', value: successor }),
    };
    const record = createRecordBrokerOrder({ ...needs, store, records });
    const replaced = brokerOrder(orderId, { status: 'replaced', replacedBy: null });
    const learnt = { order: replaced, execution: null, reason: null };
    await record(access, learnt, cause);
    expect((await types()).at(-1)).toBe('ReplaceRequested');
    answers = true;
    await record(access, learnt, cause);
    expect((await types()).at(-1)).toBe('OrderReplaced');
    expect(new Set(asked)).toEqual(new Set([clientOrderId(orderId, 1)]));
  });

  it('under the id of another account’s order does not touch that order', async () => {
    const { needs, access, orderId, types } = await placedOrder();
    const stranger = { ...access, accountId: '55555555-5555-4555-8555-555555555555' };
    await needs.recordBrokerOrder(stranger, { order: brokerOrder(orderId), execution: null, reason: null }, cause);
    expect(await types()).toEqual(['OrderPlaced']);
  });
});
