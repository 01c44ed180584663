/** The whole order path through HTTP, on the built product: races, repetition, bad input, and a restart. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct } from '../support/running-product.ts';
import { readLedger } from '../support/order-records.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-product-'));
let product: RunningProgram;
beforeAll(async () => {
  product = await startProduct({ TRADSY_DATA: folder });
});
afterAll(async () => {
  await product.kill('SIGTERM');
  await removeDataFolder(folder);
});

const market = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1', currentAsk: '0', currentBid: '0' };
/** One that is meant, though it is like another one. */
const another = { ...market, confirmDuplicate: 'true' };

async function settled(trader: Visitor, orderId: string, outcome: string): Promise<void> {
  await expect.poll(async () => (await trader.story(orderId)).outcome, { timeout: 20_000 }).toBe(outcome);
}

/** Orders that the broker has under these ids, by its own ledger. */
const atBroker = async (orderIds: readonly string[]) =>
  (await readLedger(product.url)).filter((order) => orderIds.includes(order.orderId));

describe('an order', () => {
  it('asked for fifty times at once under one request id is one order with fifty equal answers', async () => {
    const trader = await becomeTrader(product.url);
    const answers = await Promise.all(Array.from({ length: 50 }, () => trader.place(market, 'the-same')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const [first] = answers;
    if (first === undefined || !('orderId' in first)) throw new Error(JSON.stringify(first));
    await settled(trader, first.orderId, 'filled');
    expect(await atBroker([first.orderId])).toHaveLength(1);
    expect(await trader.place(market, 'the-same')).toEqual(first);
    expect(await trader.place({ ...market, qty: '2' }, 'the-same')).toMatchObject({
      refusal: { code: 'request_id_reused' },
    });
  });

  it('for the last free trade is admitted once of twenty at once', async () => {
    const trader = await becomeTrader(product.url);
    for (const id of ['a', 'b', 'c']) expect(await trader.place(another, id)).toHaveProperty('orderId');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => trader.place({ ...another, qty: `${n + 1}` }, `last-${n}`)),
    );
    const admitted = answers.flatMap((answer) => ('orderId' in answer ? [answer.orderId] : []));
    const denied = answers.filter((answer) => 'refusal' in answer);
    expect(admitted).toHaveLength(1);
    expect(denied).toHaveLength(19);
    expect(denied[0]).toMatchObject({
      refusal: { code: 'denied', breaches: [{ rule: 'trades_left', limit: '4', actual: '5' }] },
    });
    await settled(trader, admitted[0] ?? '', 'filled');
    expect(await atBroker(admitted)).toHaveLength(1);
  });

  it('is not another trader’s business', async () => {
    const [owner, other] = [await becomeTrader(product.url), await becomeTrader(product.url)];
    const placed = await owner.place(market, 'mine');
    if (!('orderId' in placed)) throw new Error(placed.errmsg);
    await expect(other.story(placed.orderId)).rejects.toThrow(/404/);
    await expect(other.cancel(placed.orderId)).rejects.toThrow();
    expect(await owner.story(placed.orderId)).toMatchObject({ orderId: placed.orderId });
  });

  it('and everything about it is as it was after a restart', async () => {
    const trader = await becomeTrader(product.url);
    const filled = await trader.place(market, 'before');
    const { bid } = await trader.quote('AAPL');
    const resting = await trader.place({ ...market, type: 'limit', limitPrice: (bid * 0.8).toFixed(2) }, 'resting');
    if (!('orderId' in filled) || !('orderId' in resting)) throw new Error('not placed');
    await settled(trader, filled.orderId, 'filled');
    await settled(trader, resting.orderId, 'working');
    // The last word about a filled order is that nothing is reserved for it any more.
    await expect
      .poll(async () => (await trader.story(filled.orderId)).events.at(-1)?.type, { timeout: 20_000 })
      .toBe('ReservationReleased');
    const before = [await trader.story(filled.orderId), await trader.story(resting.orderId)];

    const stopping = performance.now();
    await product.kill('SIGTERM');
    expect(performance.now() - stopping).toBeLessThan(5_000);
    product = await startProduct({ TRADSY_DATA: folder, PORT: new URL(product.url).port });

    expect([await trader.story(filled.orderId), await trader.story(resting.orderId)]).toEqual(before);
    await trader.cancel(resting.orderId);
    await settled(trader, resting.orderId, 'cancelled');
  });
});
