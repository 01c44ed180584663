import { describe, expect, it } from 'vitest';
import type { OrderTicket } from '../../domain/order/events.ts';
import { createReplaceOrder } from './change-order.ts';
import type { ReplaceOrderRequest } from './change-order.ts';
import { ACCOUNT, USER, brokerOrder, cause, openDesk } from './order-path.suite.ts';
import { createSubmitOrder } from './submit-order.ts';

/** A limit order that works at the broker, and a way to ask for other terms. */
async function working(changes: Partial<OrderTicket>) {
  const desk = await openDesk();
  const terms = { ...desk.order().terms, type: 'limit', quantity: '10', limitPrice: '95', ...changes } as const;
  const placed = await desk.placeOrder(desk.order({ terms }));
  if (placed.kind !== 'placed') throw new Error(placed.kind);
  const { orderId } = placed;
  desk.script.submit = (id) => ({ kind: 'acknowledged', order: brokerOrder(id, { type: 'limit', terms }) });
  await createSubmitOrder(desk.needs)(orderId, cause, new AbortController().signal);
  const replace = createReplaceOrder(desk.placing);
  const asked = { userId: USER, accountId: ACCOUNT, orderId, cause, limitPrice: null, stopPrice: null } as const;
  const before = await desk.typesOf(orderId);
  return {
    change: (to: Pick<ReplaceOrderRequest, 'quantity'> & Partial<ReplaceOrderRequest>) =>
      replace({ ...asked, timeInForce: null, ...to }),
    recorded: async () => (await desk.typesOf(orderId)).slice(before.length),
  };
}

describe('changing an order', () => {
  it('is asked for when the broker takes it', async () => {
    const { change, recorded } = await working({});
    expect(await change({ quantity: '5', limitPrice: '94.5' })).toMatchObject({ kind: 'done' });
    expect(await recorded()).toEqual(['ReplaceRequested']);
  });

  it.each([
    [{}, { quantity: '5.5' }, ['change_whole_shares']],
    [{ quantity: '2.5' }, { quantity: '2' }, ['change_whole_shares']],
    [{}, { quantity: '10', stopPrice: '110' }, ['price_not_used']],
    [{}, { quantity: '10', limitPrice: '95.001' }, ['price_step']],
    [{ takeProfit: '120', stopLoss: '80' }, { quantity: '10', timeInForce: 'ioc' }, ['bracket_time_in_force']],
  ] as const)('of %j to %j is told to be nothing that the broker takes', async (order, to, reasons) => {
    const { change, recorded } = await working(order);
    expect(await change(to)).toEqual({ kind: 'unsupported', reasons });
    expect(await recorded()).toEqual([]);
  });
});
