/** Changing orders and bracket orders, from the Broker API to the sandbox and back. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { brokerOrder, brokerPosition, ok } from '../../contracts/broker-api.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import { readLedger } from '../support/order-records.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-changes-'));
let product: RunningProgram;
beforeAll(async () => {
  product = await startProduct({ TRADSY_DATA: folder });
});
afterAll(async () => {
  await product.kill('SIGTERM');
  await removeDataFolder(folder);
});

const WITHIN = { timeout: 20_000 };
const seen = { currentAsk: '0', currentBid: '0' };

async function placed(trader: Visitor, form: Readonly<Record<string, string>>): Promise<string> {
  const answer = await trader.place({ ...seen, ...form }, `r${Object.values(form).join('-')}`);
  if (!('orderId' in answer)) throw new Error(answer.errmsg);
  return answer.orderId;
}
const types = async (trader: Visitor, orderId: string) =>
  (await trader.story(orderId)).events.map((event) => event.type);
const ordersOf = async (trader: Visitor) => ok(z.array(brokerOrder)).parse(await trader.call('GET', 'orders')).d;
const positionsOf = async (trader: Visitor) =>
  ok(z.array(brokerPosition)).parse(await trader.call('GET', 'positions')).d;
const moveMarket = (symbol: string, price: string | null) =>
  fetch(`${product.url}/control/price`, { method: 'POST', body: JSON.stringify({ symbol, price }) });

describe('a change', () => {
  it('takes the place of the order at the broker, and the order keeps its id', async () => {
    const trader = await becomeTrader(product.url);
    const { bid } = await trader.quote('MSFT');
    const [first, second] = [(bid * 0.9).toFixed(2), (bid * 0.91).toFixed(2)];
    const orderId = await placed(trader, {
      instrument: 'MSFT',
      side: 'buy',
      type: 'limit',
      qty: '3',
      limitPrice: first,
    });
    await expect.poll(() => types(trader, orderId), WITHIN).toContain('OrderAcknowledged');
    const change = { qty: '4', limitPrice: second, ...seen };
    // The broker may not have confirmed the order yet; then it takes no change, and says so.
    await expect
      .poll(async () => {
        await trader.call('PUT', `orders/${orderId}`, change);
        return types(trader, orderId);
      }, WITHIN)
      .toContain('OrderReplaced');
    await expect
      .poll(() => ordersOf(trader), WITHIN)
      .toMatchObject([{ id: orderId, status: 'working', qty: 4, limitPrice: Number(second) }]);

    await trader.cancel(orderId);
    await expect.poll(async () => (await trader.story(orderId)).outcome, WITHIN).toBe('cancelled');
    const ledger = await readLedger(product.url);
    const there = ledger.filter((order) => order.orderId === orderId);
    expect(there.map((order) => order.client_order_id)).toEqual([clientOrderId(orderId, 0), clientOrderId(orderId, 1)]);
    expect(there.every((order) => ['replaced', 'canceled', 'rejected'].includes(order.status))).toBe(true);
  });

  it('beyond a limit is denied, and the order works on as it was', async () => {
    const trader = await becomeTrader(product.url);
    const { bid } = await trader.quote('MSFT');
    const limitPrice = (bid * 0.9).toFixed(2);
    const orderId = await placed(trader, { instrument: 'MSFT', side: 'buy', type: 'limit', qty: '2', limitPrice });
    await expect.poll(() => types(trader, orderId), WITHIN).toContain('OrderAcknowledged');
    expect(await trader.call('PUT', `orders/${orderId}`, { qty: '9000', limitPrice, ...seen })).toMatchObject({
      s: 'error',
      refusal: {
        code: 'denied',
        breaches: [
          { rule: 'largest_order_value' },
          { rule: 'largest_position' },
          { rule: 'largest_exposure' },
          { rule: 'buying_power' },
        ],
      },
    });
    await expect.poll(() => ordersOf(trader), WITHIN).toMatchObject([{ id: orderId, status: 'working', qty: 2 }]);
  });
});

describe('a bracket', () => {
  it('exits at its target, its stop is cancelled, and the position is closed', async () => {
    const trader = await becomeTrader(product.url);
    const { ask } = await trader.quote('KO');
    await moveMarket('KO', ask.toFixed(2));
    const [target, stop] = [(ask * 1.05).toFixed(2), (ask * 0.95).toFixed(2)];
    const form = { instrument: 'KO', side: 'buy', type: 'market', qty: '6', takeProfit: target, stopLoss: stop };
    const orderId = await placed(trader, form);
    await expect.poll(async () => (await trader.story(orderId)).outcome, WITHIN).toBe('filled');
    await expect
      .poll(async () => (await ordersOf(trader)).filter((order) => order.status === 'working').length, WITHIN)
      .toBe(2);
    // A fill moves the position when it is booked, which is a moment after the order has it.
    await expect.poll(() => positionsOf(trader), WITHIN).toMatchObject([{ instrument: 'KO', qty: 6, side: 'buy' }]);

    const exit = (await ordersOf(trader)).find((order) => order.type === 'limit');
    expect(await trader.call('PUT', `orders/${exit?.id}`, { qty: '5', limitPrice: target, ...seen })).toMatchObject({
      s: 'error',
      refusal: { code: 'unsupported_order' },
    });

    await moveMarket('KO', (ask * 1.06).toFixed(2));
    await expect.poll(() => positionsOf(trader), WITHIN).toEqual([]);
    await expect
      .poll(async () => (await ordersOf(trader)).map(({ type, status }) => `${type} ${status}`).sort(), WITHIN)
      .toEqual(['limit filled', 'market filled', 'stop cancelled']);
    await moveMarket('KO', null);
  });
});
