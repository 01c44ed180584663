import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, type Json, clientOf, control, startBench } from '../test-kit.ts';

const MARKET = { symbol: 'SPY', qty: '10', side: 'buy', type: 'market', time_in_force: 'day' };

describe('the control interface', () => {
  let bench: Bench;
  let url: string;

  beforeAll(async () => {
    bench = await startBench();
    ({ url } = bench.sandbox);
  });
  afterEach(async () => {
    await fetch(`${url}/control/fault`, { method: 'DELETE' });
    await control(url, 'price', { symbol: 'SPY', price: null });
  });
  afterAll(() => bench.stop());

  const ordersOf = async (clientOrderId: string): Promise<Json[]> =>
    (await control(url, `ledger?client_order_id=${clientOrderId}`))['orders'] as Json[];

  it('is only for this machine', async () => {
    for (const headers of [
      { 'X-Forwarded-For': '203.0.113.9' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ]) {
      expect((await fetch(`${url}/control/info`, { headers })).status).toBe(403);
    }
    expect(
      (
        await fetch(`${url}/control/info`, {
          headers: { Origin: 'http://localhost:3000', 'X-Forwarded-For': '127.0.0.1' },
        })
      ).status,
    ).toBe(200);
  });

  it('says what it is', async () => {
    expect(await control(url, 'info')).toMatchObject({
      data: 'synthetic',
      seed: 1,
      speed: 0,
      symbols: expect.arrayContaining(['AAPL', 'SPY']) as string[],
    });
    expect((await bench.client.get('/v2/clock')).headers.get('x-sandbox-data')).toBe('synthetic');
  });

  it('moves the market: quotes follow and open orders react at once', async () => {
    await control(url, 'price', { symbol: 'SPY', price: '450' });
    const { body } = await bench.client.post('/v2/orders', { ...MARKET, type: 'limit', limit_price: '440' });
    await bench.client.untilOrder(body['id'], 'new');
    expect(await control(url, 'price', { symbol: 'SPY', price: '440' })).toEqual({
      symbol: 'SPY',
      price: '440',
      set_by_hand: true,
    });
    expect((await bench.client.get(`/v2/orders/${String(body['id'])}`)).body).toMatchObject({
      status: 'filled',
      filled_avg_price: '440',
    });
    expect((await bench.client.get('/v2/stocks/SPY/quotes/latest')).body['quote']).toMatchObject({ ap: 440, bp: 440 });
  });

  it('fills part of an order by its client order id, and again after a cancel was asked for', async () => {
    await control(url, 'settings', { cancel_ms: 60_000 });
    const { body } = await bench.client.post('/v2/orders', {
      ...MARKET,
      type: 'limit',
      limit_price: '1',
      client_order_id: 'by-hand',
    });
    expect(await control(url, 'fill', { order_id: 'by-hand', qty: '4', price: '2.5' })).toMatchObject({
      order_id: body['id'],
      qty: '4',
      price: '2.5',
      status: 'partially_filled',
      filled_qty: '4',
    });
    await bench.client.delete(`/v2/orders/${String(body['id'])}`);
    expect(await control(url, 'fill', { order_id: 'by-hand' })).toMatchObject({
      qty: '6',
      status: 'filled',
      filled_qty: '10',
    });
    await control(url, 'settings', { cancel_ms: 20 });
    expect((await ordersOf('by-hand'))[0]).toMatchObject({
      status: 'filled',
      executions: [{ qty: '4', price: '2.5' }, { qty: '6' }],
    });
  });

  it('sets a position that no order has led to', async () => {
    const trader = clientOf(url, 'positions', 'secret');
    const { id: account_id } = (await trader.get('/v2/account')).body;
    await control(url, 'position', { account_id, symbol: 'AAPL', qty: '-3', price: '100' });
    expect((await trader.get('/v2/positions')).body).toMatchObject([
      { symbol: 'AAPL', qty: '-3', side: 'short', avg_entry_price: '100' },
    ]);
    await control(url, 'position', { account_id, symbol: 'AAPL', qty: 0 });
    expect((await trader.get('/v2/positions')).body).toEqual([]);
    await expect(control(url, 'position', { account_id, symbol: 'NOPE', qty: 1 })).rejects.toThrow('NOPE');
  });

  it('drops before the order is taken, and after', async () => {
    await control(url, 'fault', { kind: 'drop_before' });
    await expect(bench.client.post('/v2/orders', { ...MARKET, client_order_id: 'never' })).rejects.toThrow();
    expect(await ordersOf('never')).toEqual([]);
    await control(url, 'fault', { kind: 'drop_after' });
    await expect(bench.client.post('/v2/orders', { ...MARKET, client_order_id: 'taken' })).rejects.toThrow();
    expect(await ordersOf('taken')).toHaveLength(1);
    expect((await bench.client.post('/v2/orders', MARKET)).status).toBe(200);
  });

  it.each([
    ['http_500_before', 500, 0],
    ['http_500_after', 500, 1],
    ['504', 504, 1],
    ['504_before', 504, 0],
    ['503', 503, 0],
    ['429', 429, 0],
    ['duplicate_id', 422, 1],
  ] as const)('answers with %s', async (kind, status, stored) => {
    await control(url, 'fault', { kind });
    expect((await bench.client.post('/v2/orders', { ...MARKET, client_order_id: `id-${kind}` })).status).toBe(status);
    expect(await ordersOf(`id-${kind}`)).toHaveLength(stored);
  });

  it('answers with a page or half an answer, for the requests it is told to match', async () => {
    await control(url, 'fault', { kind: 'html', match: { method: 'GET', path: '/v2/account' } });
    const page = await fetch(`${url}/v2/account`, { headers });
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
    await control(url, 'fault', { kind: 'truncated_json', count: 2, match: { path: '/v2/clock' } });
    await expect(fetch(`${url}/v2/clock`, { headers }).then((answer) => answer.json())).rejects.toThrow();
    expect(await control(url, 'fault')).toMatchObject({ faults: [{ kind: 'truncated_json', left: 1 }] });
  });

  const headers = { 'APCA-API-KEY-ID': 'key-1', 'APCA-API-SECRET-KEY': 'secret-1' };
  const post = (clientOrderId: string, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${url}/v2/orders`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...MARKET, client_order_id: clientOrderId }),
      signal,
    });

  it('answers to the letter, instead of the work or after it', async () => {
    const words = { status: 403, body: 'No.', type: 'text/plain' };
    await control(url, 'fault', { kind: 'answer_before', ...words });
    await control(url, 'fault', { kind: 'answer_after', ...words });
    for (const [id, stored] of [
      ['letter-before', 0],
      ['letter-after', 1],
    ] as const) {
      const answer = await post(id);
      expect([answer.status, await answer.text()]).toEqual([403, 'No.']);
      expect(await ordersOf(id)).toHaveLength(stored);
    }
    await control(url, 'fault', { kind: 'html_before', status: 401 });
    expect((await post('page-before')).status).toBe(401);
    expect(await ordersOf('page-before')).toEqual([]);
    await control(url, 'fault', { kind: '429', ms: 1_500 });
    expect((await post('later')).headers.get('retry-after')).toBe('2');
  });

  it('answers with nothing, half of it, or byte by byte', async () => {
    await control(url, 'fault', { kind: 'empty_body' });
    const empty = await post('empty');
    expect([empty.status, await empty.text()]).toEqual([200, '']);
    await control(url, 'fault', { kind: 'cut_answer' });
    await expect(post('cut').then((answer) => answer.text())).rejects.toThrow();
    await control(url, 'fault', { kind: 'slow_drip', ms: 1 });
    expect(await (await post('drip')).json()).toMatchObject({ client_order_id: 'drip' });
    for (const id of ['empty', 'cut', 'drip']) expect(await ordersOf(id)).toHaveLength(1);
  });

  it('takes an order after its sender has given up, or was told of a time-out', async () => {
    await control(url, 'fault', { kind: 'slow_accept', ms: 150 });
    await expect(post('slow-accept', AbortSignal.timeout(30))).rejects.toThrow();
    expect(await ordersOf('slow-accept')).toEqual([]);
    await control(url, 'fault', { kind: 'late_accept', ms: 100 });
    expect((await post('late-accept')).status).toBe(504);
    expect(await ordersOf('late-accept')).toEqual([]);
    for (const id of ['slow-accept', 'late-accept']) await expect.poll(() => ordersOf(id)).toHaveLength(1);
  });

  it('resets a connection on which a request is being sent', async () => {
    await control(url, 'fault', { kind: 'reset_sending' });
    await expect(post('never-whole')).rejects.toThrow();
    expect(await ordersOf('never-whole')).toEqual([]);
    expect((await post('whole')).status).toBe(200);
  });

  it('knows every request with its time, its answer and the faults that struck it', async () => {
    const [before] = ((await control(url, 'requests'))['requests'] as Json[]).slice(-1);
    const begun = Date.now();
    await control(url, 'fault', { kind: 'delay', ms: 20 });
    await control(url, 'fault', { kind: '504' });
    await post('noted');
    await control(url, 'fault', { kind: 'drop_before', match: { path: '/v2/clock' } });
    await expect(bench.client.get('/v2/clock')).rejects.toThrow();
    const { requests } = (await control(url, `requests?after=${String(before?.['id'])}`)) as { requests: Json[] };
    expect(requests).toMatchObject([
      { method: 'POST', path: '/v2/orders', client_order_id: 'noted', faults: ['delay', '504'], status: 504 },
      { method: 'GET', path: '/v2/clock', client_order_id: null, faults: ['drop_before'], status: null },
    ]);
    expect(requests[0]?.['at_ms']).toBeGreaterThanOrEqual(begun);
    expect((await control(url, 'requests?method=DELETE&path=/v2/none'))['count']).toBe(0);
  });

  it('delays an answer beyond the fill of its order', async () => {
    await control(url, 'fault', { kind: 'delay', ms: 400 });
    const answer = bench.client.post('/v2/orders', { ...MARKET, client_order_id: 'slow' });
    for (let status: unknown = ''; status !== 'filled';) status = (await ordersOf('slow'))[0]?.['status'];
    expect((await answer).body['status']).toBe('pending_new');
  });

  it('strikes a share of requests', async () => {
    const statuses: number[] = [];
    await control(url, 'fault', { kind: '429', probability: 0.5, match: { path: '/v2/clock' } });
    for (let i = 0; i < 16; i++) statuses.push((await bench.client.get('/v2/clock')).status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });

  it('holds all fills until told to go on', async () => {
    await control(url, 'fault', { kind: 'hold_fills', on: true });
    const { body } = await bench.client.post('/v2/orders', MARKET);
    await bench.client.untilOrder(body['id'], 'new');
    await control(url, 'clock', { advance_seconds: 120 });
    expect((await bench.client.get(`/v2/orders/${String(body['id'])}`)).body['status']).toBe('new');
    await control(url, 'fault', { kind: 'hold_fills', on: false });
    expect((await bench.client.get(`/v2/orders/${String(body['id'])}`)).body['status']).toBe('filled');
  });

  it('moves, stops and speeds the clock', async () => {
    expect(await control(url, 'clock', { set: '2024-03-16T12:00:00-04:00' })).toEqual({
      now: '2024-03-16T16:00:00Z',
      speed: 0,
      paused: false,
    });
    expect((await bench.client.get('/v2/clock')).body).toMatchObject({
      is_open: false,
      next_open: '2024-03-18T09:30:00-04:00',
    });
    expect(await control(url, 'clock', { set: '2024-03-18T14:00:00Z', paused: true })).toMatchObject({
      now: '2024-03-18T14:00:00Z',
      paused: true,
    });
    await control(url, 'clock', { paused: false });
  });

  it('limits requests when told to', async () => {
    await control(url, 'settings', { rate_limit: 3 });
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await bench.client.get('/v2/account'));
    await control(url, 'settings', { rate_limit: null });
    expect(answers.at(-1)?.status).toBe(429);
    expect(answers.at(-1)?.headers.get('x-ratelimit-limit')).toBe('3');
  });

  it('limits requests in every window that can be laid when told to', async () => {
    await control(url, 'settings', { rate_limit: 3, rate_window_ms: 300, rate_windows: 'sliding' });
    const client = clientOf(url, 'limited', 'secret');
    const statuses: number[] = [];
    const begun = performance.now();
    while (statuses.filter((status) => status === 200).length < 10)
      statuses.push((await client.get('/v2/account')).status);
    await control(url, 'settings', { rate_limit: null, rate_window_ms: 60_000, rate_windows: 'clock' });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(900);
    expect(statuses.slice(0, 4)).toEqual([200, 200, 200, 429]);
  });

  it.each([
    ['price', { symbol: 'NOPE', price: '1' }, 404],
    ['price', { symbol: 'SPY', price: '-1' }, 400],
    ['fill', { order_id: 'nobody', qty: '1' }, 404],
    ['clock', { set: 'yesterday' }, 422],
    ['fault', { kind: 'unknown' }, 400],
    ['nothing', {}, 404],
  ])('refuses %s %j in JSON', async (path, body, status) => {
    const answer = await fetch(`${url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect([answer.status, typeof ((await answer.json()) as Json)['error']]).toEqual([status, 'string']);
  });
});
