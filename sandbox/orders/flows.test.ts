import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, type Client, type Json, clientOf, control, startBench } from '../test-kit.ts';

const BASE = { symbol: 'SPY', qty: '10', side: 'buy', type: 'market', time_in_force: 'day' };
const REGULAR = '2024-03-13T14:00:00Z';

describe('the lives of orders', () => {
  let bench: Bench;
  let client: Client;
  let accounts = 0;

  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.stop());
  beforeEach(async () => {
    client = clientOf(bench.sandbox.url, `flow-${accounts++}`, 's');
    await control(bench.sandbox.url, 'clock', { set: REGULAR });
    await move(100);
  });

  const move = (price: number): Promise<Json> => control(bench.sandbox.url, 'price', { symbol: 'SPY', price });
  const get = async (id: unknown): Promise<Json> => (await client.get(`/v2/orders/${String(id)}?nested=true`)).body;
  const place = async (terms: Json): Promise<Json> => {
    const { status, body } = await client.post('/v2/orders', { ...BASE, ...terms });
    expect(body).not.toHaveProperty('code');
    expect(status).toBe(200);
    return body;
  };
  const buy = async (): Promise<void> => {
    await client.untilOrder((await place({}))['id'], 'filled');
  };
  const legsOf = (order: Json): Json[] => order['legs'] as Json[];

  it('bracket: the exits start with the entry complete; one exit ends the other, a partial one shrinks it', async () => {
    const terms = {
      type: 'limit',
      limit_price: '99',
      order_class: 'bracket',
      take_profit: { limit_price: '110' },
      stop_loss: { stop_price: '90' },
    };
    const order = await place(terms);
    expect(legsOf(order).map((leg) => [leg['type'], leg['status'], leg['side']])).toEqual([
      ['limit', 'held', 'sell'],
      ['stop', 'held', 'sell'],
    ]);
    await client.untilOrder(order['id'], 'new');
    await control(bench.sandbox.url, 'fill', { order_id: order['id'], qty: '4' });
    expect(legsOf(await get(order['id'])).map((leg) => leg['status'])).toEqual(['held', 'held']);
    await move(99);
    expect(legsOf(await get(order['id'])).map((leg) => leg['status'])).toEqual(['new', 'new']);
    await control(bench.sandbox.url, 'fill', { order_id: legsOf(order)[0]?.['id'], qty: '3', price: '110' });
    expect(legsOf(await get(order['id'])).map((leg) => [leg['status'], leg['qty']])).toEqual([
      ['partially_filled', '10'],
      ['new', '7'],
    ]);
    await move(89);
    expect(legsOf(await get(order['id'])).map((leg) => [leg['status'], leg['filled_qty']])).toEqual([
      ['canceled', '3'],
      ['filled', '7'],
    ]);
    expect((await client.get('/v2/positions')).body).toEqual([]);
  });

  it('bracket: cancelling the entry cancels its exits', async () => {
    const order = await place({
      type: 'limit',
      limit_price: '90',
      order_class: 'bracket',
      take_profit: { limit_price: '110' },
      stop_loss: { stop_price: '80', limit_price: '79' },
    });
    await client.untilOrder(order['id'], 'new');
    expect((await client.delete(`/v2/orders/${String(order['id'])}`)).status).toBe(204);
    await client.untilOrder(order['id'], 'canceled');
    expect(legsOf(await get(order['id'])).map((leg) => leg['status'])).toEqual(['canceled', 'canceled']);
    expect((await client.delete(`/v2/orders/${String(order['id'])}`)).body).toMatchObject({
      code: 42210000,
      message: 'order is already in "canceled" state',
    });
  });

  it('oco: exits of a position share one claim on it', async () => {
    await buy();
    const order = await place({
      side: 'sell',
      type: 'limit',
      time_in_force: 'gtc',
      order_class: 'oco',
      take_profit: { limit_price: '105' },
      stop_loss: { stop_price: '95' },
    });
    expect(order).toMatchObject({ limit_price: '105', order_class: 'oco' });
    await client.untilOrder(order['id'], 'new');
    expect((await client.get('/v2/positions/SPY')).body).toMatchObject({ qty: '10', qty_available: '0' });
    await move(94.5);
    expect(await get(order['id'])).toMatchObject({
      status: 'canceled',
      legs: [{ status: 'filled', filled_avg_price: '94.5' }],
    });
  });

  it('oto: one exit follows the entry', async () => {
    const order = await place({ order_class: 'oto', stop_loss: { stop_price: '95' } });
    await client.untilOrder(order['id'], 'filled');
    expect(legsOf(await get(order['id'])).map((leg) => leg['status'])).toEqual(['new']);
  });

  it('replace: a new order takes over; too late, it is rejected', async () => {
    const order = await place({ type: 'limit', limit_price: '90', client_order_id: `first-${accounts}` });
    await client.untilOrder(order['id'], 'new');
    const { body: next } = await client.patch(`/v2/orders/${String(order['id'])}`, {
      qty: '5',
      limit_price: '91',
      order_id: 'ignored',
    });
    expect(next).toMatchObject({ replaces: order['id'], qty: '5', limit_price: '91', status: 'pending_new' });
    await client.untilOrder(next['id'], 'new');
    expect(await get(order['id'])).toMatchObject({ status: 'replaced', replaced_by: next['id'] });
    expect((await client.patch(`/v2/orders/${String(order['id'])}`, { qty: '6' })).body).toMatchObject({
      code: 42210000,
    });
    await control(bench.sandbox.url, 'settings', { cancel_ms: 200 });
    const { body: late } = await client.patch(`/v2/orders/${String(next['id'])}`, { qty: '6' });
    await control(bench.sandbox.url, 'fill', { order_id: next['id'] });
    await client.untilOrder(late['id'], 'rejected');
    await control(bench.sandbox.url, 'settings', { cancel_ms: 20 });
    expect(await get(next['id'])).toMatchObject({ status: 'filled', replaced_by: null });
  });

  it('ioc and fok: what the market does not give at once is cancelled', async () => {
    for (const time of ['ioc', 'fok']) {
      const order = await place({ type: 'limit', limit_price: '99', time_in_force: time });
      await client.untilOrder(order['id'], 'canceled');
      await client.untilOrder((await place({ time_in_force: time }))['id'], 'filled');
    }
  });

  it('opg and cls: the first and the last price of the session', async () => {
    await move(100);
    const closing = await place({ time_in_force: 'cls' });
    await client.untilOrder(closing['id'], 'new');
    await control(bench.sandbox.url, 'clock', { set: '2024-03-13T19:59:58Z' });
    expect(await get(closing['id'])).toMatchObject({ status: 'new' });
    await control(bench.sandbox.url, 'clock', { set: '2024-03-13T23:30:00Z' });
    expect(await get(closing['id'])).toMatchObject({
      status: 'filled',
      filled_at: expect.stringContaining('2024-03-13T19:59:59') as string,
    });
    const opening = await place({ time_in_force: 'opg' });
    expect(opening['status']).toBe('accepted');
    await control(bench.sandbox.url, 'clock', { set: '2024-03-14T13:30:01Z' });
    expect(await get(opening['id'])).toMatchObject({
      status: 'filled',
      filled_at: expect.stringContaining('2024-03-14T13:30:00') as string,
    });
  });

  it('extended hours: only orders that ask for it trade before the open', async () => {
    await control(bench.sandbox.url, 'clock', { set: '2024-03-14T12:00:00Z' });
    await move(100);
    const early = await place({ type: 'limit', limit_price: '101', extended_hours: true });
    const regular = await place({ type: 'limit', limit_price: '101' });
    expect([early['status'], regular['status']]).toEqual(['pending_new', 'accepted']);
    await client.untilOrder(early['id'], 'filled');
    expect((await client.patch(`/v2/orders/${String(regular['id'])}`, { qty: '1' })).body).toMatchObject({
      message: 'cannot replace order in accepted status',
    });
    await control(bench.sandbox.url, 'clock', { set: '2024-03-14T13:30:05Z' });
    expect(await get(regular['id'])).toMatchObject({ status: 'filled' });
  });

  it('notional and fractional: exact quantities and cash', async () => {
    await move(3);
    const order = await place({ qty: null, notional: '100' });
    expect(order).toMatchObject({ qty: null, notional: '100' });
    expect(await client.untilOrder(order['id'], 'filled')).toMatchObject({
      filled_qty: '33.333333333',
      filled_avg_price: '3',
    });
    await client.untilOrder((await place({ qty: '0.5' }))['id'], 'filled');
    expect((await client.get('/v2/account')).body).toMatchObject({ cash: '99898.500000001' });
  });

  it('trailing stop: follows up, triggers on the way down', async () => {
    await buy();
    const order = await place({ side: 'sell', type: 'trailing_stop', trail_percent: '2' });
    await client.untilOrder(order['id'], 'new');
    await move(110);
    expect(await get(order['id'])).toMatchObject({ status: 'new', hwm: '110', stop_price: '107.8' });
    await move(107.5);
    expect(await get(order['id'])).toMatchObject({ status: 'filled', filled_avg_price: '107.5' });
  });

  it('shorts: a sale without a position opens one, a buy covers it', async () => {
    await client.untilOrder((await place({ side: 'sell' }))['id'], 'filled');
    expect((await client.get('/v2/positions/SPY')).body).toMatchObject({
      qty: '-10',
      side: 'short',
      avg_entry_price: '100',
    });
    await move(90);
    await client.untilOrder((await place({ position_intent: 'buy_to_close' }))['id'], 'filled');
    expect((await client.get('/v2/account')).body).toMatchObject({ cash: '100100' });
    const activities = (await client.get('/v2/account/activities/FILL?direction=asc&page_size=1'))
      .body as unknown as Json[];
    expect(activities).toMatchObject([{ side: 'sell_short', cum_qty: '10', leaves_qty: '0' }]);
    const next = await client.get(
      `/v2/account/activities/FILL?direction=asc&page_token=${encodeURIComponent(String(activities[0]?.['id']))}`,
    );
    expect(next.body).toMatchObject([{ side: 'buy', price: '90' }]);
  });

  it('closes positions whole and in part, and everything at once', async () => {
    await buy();
    const part = await client.delete('/v2/positions/SPY?percentage=50');
    expect(part.body).toMatchObject({ side: 'sell', qty: '5', type: 'market' });
    await client.untilOrder(part.body['id'], 'filled');
    await place({ side: 'sell', qty: '5', type: 'limit', limit_price: '150' });
    const all = await client.delete('/v2/positions?cancel_orders=true');
    expect([all.status, all.body]).toMatchObject([207, [{ symbol: 'SPY', status: 200, body: { qty: '5' } }]]);
    await client.untilOrder((all.body as unknown as { body: Json }[])[0]?.body['id'], 'filled');
    expect((await client.get('/v2/positions/SPY')).body).toMatchObject({
      code: 40410000,
      message: 'position does not exist',
    });
  });

  it('lists with its cursors, sides and states', async () => {
    const ids: unknown[] = [];
    for (let i = 0; i < 5; i++) ids.push((await place({ type: 'limit', limit_price: String(50 + i) }))['id']);
    const list = async (query: string): Promise<unknown[]> =>
      ((await client.get(`/v2/orders?${query}`)).body as unknown as Json[]).map((each) => each['id']);
    expect(await list('direction=asc&limit=2')).toEqual(ids.slice(0, 2));
    expect(await list(`direction=asc&after_order_id=${String(ids[1])}`)).toEqual(ids.slice(2));
    const third = await get(ids[2]);
    expect(await list(`direction=asc&after=${encodeURIComponent(String(third['submitted_at']))}`)).toEqual(
      ids.slice(3),
    );
    expect(await list(`direction=desc&until=${String(third['submitted_at'])}`)).toEqual([ids[1], ids[0]]);
    expect(await list('status=closed')).toEqual([]);
    expect(await list('side=sell')).toEqual([]);
    const cancelled = await client.delete('/v2/orders');
    expect([cancelled.status, (cancelled.body as unknown as unknown[]).length]).toEqual([207, 5]);
  });
});
