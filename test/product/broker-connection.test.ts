/** What the trader sees of the connection to the broker: orders that wait for it, and positions that are not the broker's. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { brokerOrder, brokerPosition, ok } from '../../contracts/broker-api.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import { readLedger } from '../support/order-records.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-connection-'));
let product: RunningProgram;
beforeAll(async () => {
  product = await startProduct({ TRADSY_DATA: folder });
});
afterAll(async () => {
  await product.kill('SIGTERM');
  await removeDataFolder(folder);
});

const WITHIN = { timeout: 20_000 };
const control = async (path: string, body: object): Promise<void> => {
  const answer = await fetch(`${product.url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
};
const market = (instrument: string, qty: string, side = 'buy') => ({
  instrument,
  side,
  type: 'market',
  qty,
  currentAsk: '0',
  currentBid: '0',
});

async function placed(trader: Visitor, form: Readonly<Record<string, string>>, requestId: string): Promise<string> {
  const answer = await trader.place(form, requestId);
  if (!('orderId' in answer)) throw new Error(answer.errmsg);
  return answer.orderId;
}
const outcomeOf = async (trader: Visitor, orderId: string) => (await trader.story(orderId)).outcome;
const ordersOf = async (trader: Visitor) => ok(z.array(brokerOrder)).parse(await trader.call('GET', 'orders')).d;
const positionsOf = async (trader: Visitor) =>
  ok(z.array(brokerPosition)).parse(await trader.call('GET', 'positions')).d;

describe('while the update stream is out', () => {
  it('orders wait and say so, cancellations go, and what still stands is sent when it is back', async () => {
    const trader = await becomeTrader(product.url);
    const { bid } = await trader.quote('MSFT');
    const limit = { ...market('MSFT', '2'), type: 'limit', limitPrice: (bid * 0.9).toFixed(2) };
    const working = await placed(trader, limit, 'working');
    await expect.poll(() => outcomeOf(trader, working), WITHIN).toBe('working');

    await control('settings', { order_stream: 'closed' });
    const { ask } = await trader.quote('AAPL');
    const marketable = { ...market('AAPL', '1'), type: 'limit', limitPrice: (ask * 1.02).toFixed(2) };
    const [waiting, given] = [
      await placed(trader, marketable, 'waiting'),
      await placed(trader, { ...marketable, qty: '2' }, 'given-up'),
    ];
    for (const id of [waiting, given]) {
      await expect
        .poll(async () => (await ordersOf(trader)).find((order) => order.id === id), WITHIN)
        .toMatchObject({ status: 'placing', message: { text: 'Waiting for the broker connection.' } });
    }
    await trader.cancel(given);
    expect(await outcomeOf(trader, given)).toBe('cancelled');
    await trader.cancel(working);
    await expect.poll(() => outcomeOf(trader, working), WITHIN).toBe('cancelled');

    await control('settings', { order_stream: 'open' });
    await expect.poll(() => outcomeOf(trader, waiting), WITHIN).toBe('filled');
    const atBroker = (await readLedger(product.url)).map(({ orderId }) => orderId);
    expect([waiting, given, working].map((id) => atBroker.filter((each) => each === id).length)).toEqual([1, 0, 1]);
  });
});

describe('a position that is not the broker’s', () => {
  it('is found, stops its symbol, and is taken over when its owner says so', async () => {
    const trader = await becomeTrader(product.url);
    const orderId = await placed(trader, market('AAPL', '5'), 'five');
    await expect.poll(() => positionsOf(trader), WITHIN).toMatchObject([{ instrument: 'AAPL', qty: 5 }]);
    const atBroker = (await readLedger(product.url)).find((order) => order.orderId === orderId);
    await control('position', { account_id: atBroker?.account_id, symbol: 'AAPL', qty: 8, price: 100 });
    // Positions are compared every minute, and whenever the stream has come back.
    await control('fault', { kind: 'close_stream' });
    await expect
      .poll(() => positionsOf(trader), WITHIN)
      .toMatchObject([{ instrument: 'AAPL', qty: 5, mismatch: { ours: '5', brokers: '8' } }]);

    expect(await trader.place(market('AAPL', '1', 'sell'), 'denied')).toMatchObject({
      refusal: { code: 'denied', breaches: [{ rule: 'position_mismatch', limit: '5', actual: '8' }] },
    });
    const other = await placed(trader, market('KO', '1'), 'other');
    await expect.poll(() => outcomeOf(trader, other), WITHIN).toBe('filled');

    const adopted = await fetch(`${product.url}/api/v1/positions/AAPL/adopt`, {
      method: 'POST',
      headers: { authorization: `Bearer ${trader.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ quantity: '8' }),
    });
    expect(adopted.status).toBe(204);
    expect(await positionsOf(trader)).toMatchObject([
      { instrument: 'AAPL', qty: 8, avgPrice: 100, mismatch: null },
      { instrument: 'KO', qty: 1, mismatch: null },
    ]);
    const sold = await placed(trader, market('AAPL', '8', 'sell'), 'sold');
    await expect.poll(() => outcomeOf(trader, sold), WITHIN).toBe('filled');
    await expect.poll(() => positionsOf(trader), WITHIN).toMatchObject([{ instrument: 'KO', qty: 1 }]);
  });
});
