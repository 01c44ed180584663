import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startSandbox } from '../server.ts';
import { type Bench, type Json, clientOf, control, startBench } from '../test-kit.ts';

const ORDER = { symbol: 'SPY', qty: '10', type: 'limit', time_in_force: 'day' };

describe('busts and corrections', () => {
  let bench: Bench;
  let url: string;
  beforeAll(async () => {
    bench = await startBench();
    ({ url } = bench.sandbox);
    await control(url, 'settings', { hold_fills: true });
  });
  afterAll(() => bench.stop());

  async function trader() {
    const client = clientOf(url, crypto.randomUUID(), 'secret');
    return {
      client,
      async filled(side: 'buy' | 'sell', qty: string, price: string, whole = qty) {
        const limit = side === 'buy' ? '1' : '9000';
        const { body } = await client.post('/v2/orders', { ...ORDER, side, qty: whole, limit_price: limit });
        await client.untilOrder(body['id'], 'new');
        return control(url, 'fill', { order_id: body['id'], qty, price });
      },
      order: async (id: unknown) => (await client.get(`/v2/orders/${String(id)}`)).body,
      cash: async () => Number((await client.get('/v2/account')).body['cash']),
      position: async () => (await client.get('/v2/positions/SPY')).body,
    };
  }
  const executionsOf = async (orderId: unknown): Promise<Json[]> => {
    const { orders } = await control(url, 'ledger');
    return (orders as Json[]).find(({ id }) => id === orderId)?.['executions'] as Json[];
  };

  it('a bust takes shares and money back, and the order keeps its status', async () => {
    const { filled, order, cash, position } = await trader();
    const first = await filled('buy', '4', '100');
    const second = await filled('buy', '6', '110', '8');
    expect([await cash(), (await position())['cost_basis']]).toEqual([98_940, '1060']);

    expect(await control(url, 'bust', { execution_id: first['execution_id'] })).toMatchObject({
      order_id: first['order_id'],
      previous_execution_id: first['execution_id'],
      status: 'filled',
      filled_qty: '0',
    });
    expect([await cash(), await position()]).toMatchObject([99_340, { qty: '6', cost_basis: '660' }]);
    expect(await order(first['order_id'])).toMatchObject({ status: 'filled', filled_qty: '0', filled_avg_price: null });

    await control(url, 'bust', { execution_id: second['execution_id'], filled_qty: 'stays' });
    expect(await order(second['order_id'])).toMatchObject({ status: 'partially_filled', filled_qty: '6' });
    expect([await cash(), (await position())['message']]).toEqual([100_000, 'position does not exist']);
    expect(await executionsOf(second['order_id'])).toMatchObject([
      { qty: '6', price: '110', busted: true, standing: { qty: '0' } },
    ]);
  });

  it('a bust of what was sold brings the shares back; one of what was sold already turns the position over', async () => {
    const { filled, cash, position } = await trader();
    const bought = await filled('buy', '4', '100');
    const sold = await filled('sell', '4', '120');
    expect(await cash()).toBe(100_080);
    await control(url, 'bust', { execution_id: bought['execution_id'] });
    expect([await cash(), await position()]).toMatchObject([100_480, { qty: '-4', side: 'short' }]);
    await control(url, 'bust', { execution_id: sold['execution_id'] });
    expect([await cash(), (await position())['message']]).toEqual([100_000, 'position does not exist']);
  });

  it('a correction changes quantity and price, and may be changed in turn', async () => {
    const { filled, order, cash, position } = await trader();
    const fill = await filled('buy', '4', '100');
    const corrected = await control(url, 'correct', { execution_id: fill['execution_id'], qty: '3', price: '99' });
    expect([await cash(), await position()]).toMatchObject([99_703, { qty: '3', cost_basis: '297' }]);
    expect(await order(fill['order_id'])).toMatchObject({ filled_qty: '3', filled_avg_price: '99' });
    const again = await control(url, 'correct', { execution_id: corrected['execution_id'], price: '98' });
    expect(again).toMatchObject({ previous_execution_id: corrected['execution_id'], qty: '3', price: '98' });
    expect(await executionsOf(fill['order_id'])).toMatchObject([
      {
        qty: '4',
        price: '100',
        busted: false,
        standing: { execution_id: again['execution_id'], qty: '3', price: '98' },
      },
    ]);
    await control(url, 'bust', { execution_id: fill['execution_id'] });
    expect(await cash()).toBe(100_000);
  });

  it('are told on the stream, and leave the fill activities as they were', async () => {
    const key = crypto.randomUUID();
    const client = clientOf(url, key, 'secret');
    const { body } = await client.post('/v2/orders', { ...ORDER, side: 'buy', limit_price: '1' });
    await client.untilOrder(body['id'], 'new');
    const socket = new WebSocket(`${url.replace('http', 'ws')}/stream`);
    const updates: Json[] = [];
    await new Promise<void>((resolve) => {
      socket.on('open', () =>
        socket.send(JSON.stringify({ action: 'authenticate', data: { key_id: key, secret_key: 'secret' } })),
      );
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as { stream: string; data: Json };
        if (frame.stream === 'authorization') {
          socket.send(JSON.stringify({ action: 'listen', data: { streams: ['trade_updates'] } }));
        } else if (frame.stream === 'listening') resolve();
        else updates.push(frame.data);
      });
    });
    const fill = await control(url, 'fill', { order_id: body['id'], qty: '4', price: '100' });
    const id = fill['execution_id'];
    const corrected = await control(url, 'correct', { execution_id: id, price: '99.5' });
    const bust = await control(url, 'bust', { execution_id: id, reason: 'an odd print' });
    await control(url, 'announce', { order_id: body['id'], event: 'of_tomorrow' });
    await expect.poll(() => updates.length).toBe(4);
    socket.terminate();
    expect(updates.slice(1)).toMatchObject([
      {
        event: 'trade_correct',
        execution_id: corrected['execution_id'],
        previous_execution_id: id,
        qty: '4',
        price: '99.5',
        position_qty: '4',
        order: { filled_qty: '4', filled_avg_price: '99.5' },
      },
      {
        event: 'trade_bust',
        execution_id: bust['execution_id'],
        previous_execution_id: corrected['execution_id'],
        position_qty: '0',
        reason: 'an odd print',
        order: { filled_qty: '0', status: 'partially_filled' },
      },
      { event: 'of_tomorrow', order: { id: body['id'] } },
    ]);
    const activities = await client.get('/v2/account/activities/FILL');
    expect(activities.body).toMatchObject([{ order_id: body['id'], qty: '4', price: '100' }]);
  });

  it.each([
    ['bust', { execution_id: 'nobody' }, 404],
    ['correct', { execution_id: 'nobody', qty: '1' }, 404],
    ['correct', { execution_id: 'nobody', qty: '-1' }, 400],
    ['announce', { order_id: 'nobody', event: 'new' }, 404],
  ])('%s %j is refused', async (path, body, status) => {
    expect((await fetch(`${url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) })).status).toBe(status);
  });

  it('hold after a restart', async () => {
    const own = await startBench();
    const { body } = await own.client.post('/v2/orders', { ...ORDER, side: 'buy', limit_price: '1' });
    await own.client.untilOrder(body['id'], 'new');
    const fill = await control(own.sandbox.url, 'fill', { order_id: body['id'], price: '100' });
    await control(own.sandbox.url, 'bust', { execution_id: fill['execution_id'] });
    await own.sandbox.close();
    const again = await startSandbox({ ...own.config, port: Number(new URL(own.sandbox.url).port) });
    expect(await control(again.url, 'ledger')).toMatchObject({ orders: [{ executions: [{ busted: true }] }] });
    const repeated = { method: 'POST', body: JSON.stringify({ execution_id: fill['execution_id'] }) };
    expect((await fetch(`${again.url}/control/bust`, repeated)).status).toBe(422);
    await again.close();
    rmSync(own.config.dataFolder, { recursive: true });
  });
});
