/** What the broker does to executions afterwards, and what protects a bracket order, from the sandbox to the trader's screen. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { brokerExecution, brokerOrder, brokerPosition, ok } from '../../contracts/broker-api.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import { sandboxAt } from '../chaos/world/sandbox.ts';
import { readLedger } from '../support/order-records.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-busts-'));
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
const ordersOf = async (trader: Visitor) => ok(z.array(brokerOrder)).parse(await trader.call('GET', 'orders')).d;
const orderOf = async (trader: Visitor, id: string) => (await ordersOf(trader)).find((order) => order.id === id);
const positionsOf = async (trader: Visitor) =>
  ok(z.array(brokerPosition)).parse(await trader.call('GET', 'positions')).d;
const executionsOf = async (trader: Visitor, symbol: string) =>
  ok(z.array(brokerExecution)).parse(await trader.call('GET', `executions?instrument=${symbol}`)).d;
const saidOf = async (trader: Visitor, orderId: string) =>
  (await trader.story(orderId)).events.map(({ sentence }) => sentence).join('\n');

/** Tells the sandbox what to do. */
async function control(path: string, body: object): Promise<void> {
  if (!(await sandboxAt(product.url).control(path, body))) throw new Error(`${path} was refused`);
}

describe('an execution', () => {
  const bought = async (trader: Visitor, symbol: string, qty: string) => {
    const orderId = await placed(trader, { instrument: symbol, side: 'buy', type: 'market', qty });
    await expect.poll(async () => (await positionsOf(trader)).map((each) => each.qty), WITHIN).toEqual([Number(qty)]);
    const there = (await readLedger(product.url)).find((order) => order.orderId === orderId);
    const { execution_id: executionId } = there!.executions[0]!;
    return { orderId, executionId };
  };

  it('that the broker undoes is taken off the position, and the story tells of it', async () => {
    const trader = await becomeTrader(product.url);
    const { orderId, executionId } = await bought(trader, 'KO', '5');
    await control('bust', { execution_id: executionId });
    await expect.poll(() => positionsOf(trader), WITHIN).toEqual([]);
    await expect.poll(() => executionsOf(trader, 'KO'), WITHIN).toEqual([]);
    await expect.poll(() => saidOf(trader, orderId), WITHIN).toContain('Taken back, because the broker has busted it');
    // It had ended; what became of an execution afterwards does not change that.
    expect(await orderOf(trader, orderId)).toMatchObject({ status: 'filled', filledQty: 0 });
  });

  it('that the broker corrects counts as it is now', async () => {
    const trader = await becomeTrader(product.url);
    const { orderId, executionId } = await bought(trader, 'KO', '6');
    await control('correct', { execution_id: executionId, qty: '4', price: '50' });
    await expect.poll(() => positionsOf(trader), WITHIN).toMatchObject([{ instrument: 'KO', qty: 4, avgPrice: 50 }]);
    await expect.poll(() => executionsOf(trader, 'KO'), WITHIN).toMatchObject([{ qty: 4, price: 50, orderId }]);
    await expect.poll(() => orderOf(trader, orderId), WITHIN).toMatchObject({ filledQty: 4, avgPrice: 50 });
  });
});

describe('a bracket order that is filled in part', () => {
  it('is shown without protection after some seconds, until its exits work', { timeout: 90_000 }, async () => {
    const trader = await becomeTrader(product.url);
    const { ask } = await trader.quote('KO');
    const [takeProfit, stopLoss] = [(ask * 1.2).toFixed(2), (ask * 0.8).toFixed(2)];
    await control('fault', { kind: 'hold_fills', on: true });
    const form = { instrument: 'KO', side: 'buy', type: 'market', qty: '6', takeProfit, stopLoss };
    const orderId = await placed(trader, form);
    await expect.poll(async () => (await orderOf(trader, orderId))?.status, WITHIN).toBe('working');
    const fill = { order_id: clientOrderId(orderId, 0), price: ask.toFixed(2) };
    await control('fill', { ...fill, qty: '2' });
    await expect
      .poll(async () => (await orderOf(trader, orderId))?.protection, { timeout: 40_000 })
      .toMatchObject({ openQty: 2, protectedQty: 0, bareQty: 2 });
    expect((await orderOf(trader, orderId))?.message).toEqual({
      text: 'No stop loss protects the position of 2 shares.',
      type: 'warning',
    });

    await control('fill', fill);
    await expect
      .poll(async () => (await trader.story(orderId)).events.map(({ type }) => type), { timeout: 40_000 })
      .toContain('ProtectionRestored');
    await expect.poll(() => orderOf(trader, orderId), WITHIN).not.toHaveProperty('protection');
    expect(await positionsOf(trader)).toMatchObject([{ instrument: 'KO', qty: 6 }]);
    await control('fault', { kind: 'hold_fills', on: false });
  });
});
