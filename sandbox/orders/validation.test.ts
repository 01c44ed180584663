import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, type Json, clientOf, control, startBench } from '../test-kit.ts';

const BASE = { symbol: 'SPY', qty: '10', side: 'buy', type: 'market', time_in_force: 'day' };
const LIMIT = { ...BASE, type: 'limit', limit_price: '100' };
const BRACKET = {
  ...LIMIT,
  order_class: 'bracket',
  take_profit: { limit_price: '110' },
  stop_loss: { stop_price: '90' },
};

describe('order validation', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await startBench();
    const { url } = bench.sandbox;
    await control(url, 'price', { symbol: 'SPY', price: '100' });
    await control(url, 'price', { symbol: 'F', price: '12' });
    await control(url, 'asset', { symbol: 'T', tradable: false });
    await control(url, 'asset', { symbol: 'KO', status: 'inactive' });
    await control(url, 'asset', { symbol: 'GE', fractionable: false, easy_to_borrow: false });
    await control(url, 'asset', { symbol: 'F', fractional_eh_enabled: false });
  });
  afterAll(() => bench.stop());

  const cases: readonly (readonly [string, unknown, number, number, RegExp])[] = [
    ['no symbol', { ...BASE, symbol: '' }, 422, 40010001, /symbol is required/],
    ['an unknown symbol', { ...BASE, symbol: 'NOPE' }, 422, 42210000, /asset "NOPE" not found/],
    ['an untradable asset', { ...BASE, symbol: 'T' }, 422, 42210000, /not tradable/],
    ['an inactive asset', { ...BASE, symbol: 'KO' }, 422, 40010001, /asset KO is not active/],
    ['no side', { ...BASE, side: null }, 422, 40010001, /side is required/],
    ['an unknown side', { ...BASE, side: 'sell_short' }, 422, 40010001, /invalid side/],
    ['an unknown type', { ...BASE, type: 'peg' }, 422, 40010001, /invalid type/],
    ['no quantity', { ...BASE, qty: null }, 422, 40010001, /qty or notional is required/],
    ['quantity and notional', { ...BASE, notional: '100' }, 422, 40010001, /only one of/],
    ['a zero quantity', { ...BASE, qty: '0' }, 422, 40010001, /qty must be > 0/],
    ['a negative quantity', { ...BASE, qty: -1 }, 422, 40010001, /qty must be > 0/],
    ['a huge quantity', { ...BASE, qty: '1e309' }, 422, 40010001, /invalid qty/],
    ['a quantity that is no number', { ...BASE, qty: { a: 1 } }, 422, 40010001, /qty must be a number/],
    ['too many decimals', { ...BASE, qty: '0.1234567891' }, 422, 40010001, /9 decimal/],
    ['a small notional', { ...BASE, qty: null, notional: '0.99' }, 422, 42210000, /notional amount must be >= 1.00/],
    ['a limit order without limit', { ...BASE, type: 'limit' }, 422, 40010001, /limit orders require a limit price/],
    ['a stop order without stop', { ...BASE, type: 'stop' }, 422, 40010001, /stop orders require a stop price/],
    [
      'a market order with a limit',
      { ...BASE, limit_price: '1' },
      422,
      40010001,
      /market orders require no stop or limit price/,
    ],
    [
      'a sub-penny limit',
      { ...LIMIT, limit_price: '100.001' },
      422,
      42210000,
      /limit_price 100.001.*sub-penny increment/,
    ],
    ['five decimals below a dollar', { ...LIMIT, limit_price: '0.12345' }, 422, 42210000, /sub-penny increment/],
    [
      'a fractional gtc order',
      { ...BASE, qty: '1.5', time_in_force: 'gtc' },
      422,
      42210000,
      /fractional orders must be DAY/,
    ],
    ['a fractional bracket', { ...BRACKET, qty: '1.5' }, 422, 42210000, /fractional orders must be simple/],
    ['a fraction of a whole-share asset', { ...BASE, symbol: 'GE', qty: '1.5' }, 403, 40310000, /not fractionable/],
    [
      'a fraction in extended hours where the asset has none',
      { ...LIMIT, symbol: 'F', qty: '10.5', limit_price: '12', extended_hours: true },
      403,
      40310000,
      /not fractionable in extended hours/,
    ],
    ['less than a dollar', { ...BASE, qty: '0.001' }, 403, 40310000, /cost basis/],
    [
      'extended hours at the market',
      { ...BASE, extended_hours: true },
      422,
      42210000,
      /extended hours order must be DAY or GTC limit/,
    ],
    [
      'an ioc stop',
      { ...BASE, type: 'stop', stop_price: '101', time_in_force: 'ioc' },
      422,
      42210000,
      /ioc orders must be market or limit/,
    ],
    [
      'a buy stop below the market',
      { ...BASE, type: 'stop', stop_price: '99' },
      422,
      42210000,
      /must be greater than the market/,
    ],
    [
      'an opening-auction order in the session',
      { ...BASE, time_in_force: 'opg' },
      403,
      40310000,
      /opg orders are not accepted/,
    ],
    [
      'two trails',
      { ...BASE, type: 'trailing_stop', trail_price: '1', trail_percent: '1' },
      422,
      40010001,
      /one of trail_price/,
    ],
    [
      'a tiny trail',
      { ...BASE, type: 'trailing_stop', trail_percent: '0.05' },
      422,
      40010001,
      /trail_percent must be >= 0.1/,
    ],
    ['a bracket without stop', { ...BRACKET, stop_loss: null }, 422, 42210000, /bracket orders require/],
    [
      'a bracket with its stop too near',
      { ...BRACKET, stop_loss: { stop_price: '100' } },
      422,
      42210000,
      /stop_loss.stop_price must be <= base_price - 0.01/,
    ],
    [
      'a bracket turned round',
      { ...BRACKET, take_profit: { limit_price: '89' } },
      422,
      42210000,
      /take_profit.limit_price must be > stop_loss/,
    ],
    [
      'an oco without a position',
      {
        ...LIMIT,
        side: 'sell',
        order_class: 'oco',
        take_profit: { limit_price: '110' },
        stop_loss: { stop_price: '90' },
      },
      422,
      42210000,
      /oco orders require an open position/,
    ],
    ['an oto with both exits', { ...BRACKET, order_class: 'oto' }, 422, 42210000, /oto orders require either/],
    [
      'exits on a simple order',
      { ...LIMIT, take_profit: { limit_price: '110' } },
      422,
      42210000,
      /only for complex orders/,
    ],
    [
      'a wrong intent',
      { ...BASE, position_intent: 'buy_to_close' },
      422,
      42210000,
      /position intent mismatch, inferred: buy_to_open/,
    ],
    [
      'a fractional short',
      { ...BASE, side: 'sell', qty: '1.5' },
      422,
      42210000,
      /fractional orders cannot be sold short/,
    ],
    [
      'a short that can not be borrowed',
      { ...BASE, symbol: 'GE', side: 'sell' },
      422,
      42210000,
      /asset "GE" cannot be sold short/,
    ],
    ['more than the account can buy', { ...BASE, qty: '100000' }, 403, 40310000, /insufficient buying power/],
    ['a long client order id', { ...BASE, client_order_id: 'x'.repeat(129) }, 422, 40010001, /no more than 128/],
    ['a list as body', [1], 400, 40010000, /request body format is invalid/],
  ];

  it.each(cases)('refuses %s and stores nothing', async (_name, body, status, code, message) => {
    const answer = await bench.client.post('/v2/orders', body);
    expect(answer.body).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(answer.status).toBe(status);
    expect((await bench.client.get('/v2/orders?status=all')).body).toEqual([]);
  });

  it('refuses broken JSON whatever its content type', async () => {
    const headers = { 'APCA-API-KEY-ID': 'key-1', 'APCA-API-SECRET-KEY': 'secret-1', 'Content-Type': 'text/plain' };
    const answer = await fetch(`${bench.sandbox.url}/v2/orders`, { method: 'POST', headers, body: '{"symbol":' });
    expect([answer.status, ((await answer.json()) as Json)['code']]).toEqual([400, 40010000]);
  });

  it('takes numbers, empty texts, nulls and unknown members', async () => {
    const other = clientOf(bench.sandbox.url, 'lenient', 's');
    const body = {
      ...LIMIT,
      symbol: 'F',
      qty: 1.0,
      limit_price: 1.5,
      stop_price: '',
      client_order_id: '',
      order_class: '',
      legs: null,
      extra: 1,
    };
    const { status, body: order } = await other.post('/v2/orders', body);
    expect(status).toBe(200);
    expect(order).toMatchObject({
      qty: '1',
      limit_price: '1.5',
      order_class: '',
      legs: null,
      status: 'pending_new',
      notional: null,
    });
  });

  it('refuses a client order id for ever, or while its order is open when told so', async () => {
    const other = clientOf(bench.sandbox.url, 'twice', 's');
    const order = { ...LIMIT, limit_price: '50', client_order_id: 'same' };
    const first = await other.post('/v2/orders', order);
    expect((await other.post('/v2/orders', order)).body).toMatchObject({
      code: 40010001,
      message: 'client_order_id must be unique',
    });
    await other.untilOrder(first.body['id'], 'new');
    await other.delete(`/v2/orders/${String(first.body['id'])}`);
    await other.untilOrder(first.body['id'], 'canceled');
    expect((await other.post('/v2/orders', order)).status).toBe(422);
    await control(bench.sandbox.url, 'settings', { client_order_ids: 'active' });
    expect((await other.post('/v2/orders', order)).status).toBe(200);
    await control(bench.sandbox.url, 'settings', { client_order_ids: 'forever' });
  });

  it('protects against wash trades by the kinds of both orders', async () => {
    const other = clientOf(bench.sandbox.url, 'wash', 's');
    const bought = await other.post('/v2/orders', { ...BASE, qty: '20' });
    await other.untilOrder(bought.body['id'], 'filled');
    const resting = await other.post('/v2/orders', { ...LIMIT, limit_price: '95' });
    const market = await other.post('/v2/orders', { ...BASE, side: 'sell' });
    expect(market.body).toMatchObject({
      code: 40310000,
      existing_order_id: resting.body['id'],
      reject_reason: 'opposite side limit order exists',
    });
    expect((await other.post('/v2/orders', { ...LIMIT, side: 'sell', limit_price: '94' })).status).toBe(403);
    expect((await other.post('/v2/orders', { ...LIMIT, side: 'sell', limit_price: '110' })).status).toBe(200);
    expect(
      (await other.post('/v2/orders', { ...BASE, side: 'sell', type: 'trailing_stop', trail_percent: 5 })).status,
    ).toBe(200);
  });

  it('sells only what no open order has laid claim to, and holds buying power', async () => {
    const other = clientOf(bench.sandbox.url, 'holder', 's');
    const bought = await other.post('/v2/orders', BASE);
    await other.untilOrder(bought.body['id'], 'filled');
    expect((await other.post('/v2/orders', { ...LIMIT, side: 'sell', qty: '6', limit_price: '120' })).status).toBe(200);
    const second = await other.post('/v2/orders', { ...LIMIT, side: 'sell', qty: '6', limit_price: '120' });
    expect(second.body).toMatchObject({ available: '4', existing_qty: '10', held_for_orders: '6', symbol: 'SPY' });
    const before = Number((await other.get('/v2/account')).body['buying_power']);
    await other.post('/v2/orders', { ...LIMIT, symbol: 'F', qty: '100', limit_price: '10' });
    expect(Number((await other.get('/v2/account')).body['buying_power'])).toBe(before - 1000);
  });
});
