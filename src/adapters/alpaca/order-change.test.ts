import { describe, expect, it } from 'vitest';
import { access, alpacaAt, alpacaOrder, configFor, ticketOf } from '../../../test/adapters/alpaca-setup.ts';
import { PAGE, type RawAnswer, deadPort, json, refusal, serveRaw, text } from '../../../test/adapters/raw-server.ts';
import type { OrderTicket } from '../../domain/order/events.ts';
import { admitted, changeAdmitted } from '../../domain/risk-policy/samples.suite.ts';

const CLIENT_ID = '018f2f6e-0000-7000-8000-000000000001';
const BROKER_ID = 'b0000000-0000-4000-8000-000000000001';

async function submitted(ticket: OrderTicket, answer: object = alpacaOrder()) {
  const server = await serveRaw((response) => json(response, 200, answer));
  const outcome = await alpacaAt(server.url).broker.submit(access, admitted(ticket), CLIENT_ID);
  return { outcome, received: server.received };
}

describe('an order on the wire', () => {
  const plain = {
    client_order_id: CLIENT_ID,
    symbol: 'AAPL',
    side: 'buy',
    qty: '10',
    time_in_force: 'day',
    extended_hours: false,
  };
  const table: readonly [name: string, ticket: OrderTicket, body: object][] = [
    ['market', ticketOf({ type: 'market', limitPrice: null }), { ...plain, type: 'market' }],
    [
      'limit in extended hours',
      ticketOf({ extendedHours: true }),
      { ...plain, type: 'limit', limit_price: '150.25', extended_hours: true },
    ],
    [
      'fractional market',
      ticketOf({ type: 'market', limitPrice: null, quantity: '0.123456789' }),
      { ...plain, type: 'market', qty: '0.123456789' },
    ],
    [
      'stop',
      ticketOf({ type: 'stop', limitPrice: null, stopPrice: '140', side: 'sell', timeInForce: 'gtc' }),
      { ...plain, type: 'stop', stop_price: '140', side: 'sell', time_in_force: 'gtc' },
    ],
    [
      'stop limit',
      ticketOf({ type: 'stop_limit', stopPrice: '151' }),
      { ...plain, type: 'stop_limit', limit_price: '150.25', stop_price: '151' },
    ],
    [
      'trailing stop',
      ticketOf({ type: 'trailing_stop', limitPrice: null, trailPrice: '2.5' }),
      { ...plain, type: 'trailing_stop', trail_price: '2.5' },
    ],
    [
      'bracket',
      ticketOf({ takeProfit: '160', stopLoss: '140.5' }),
      {
        ...plain,
        type: 'limit',
        limit_price: '150.25',
        order_class: 'bracket',
        take_profit: { limit_price: '160' },
        stop_loss: { stop_price: '140.5' },
      },
    ],
    ...(['gtc', 'ioc', 'fok', 'opg', 'cls'] as const).map((tif): [string, OrderTicket, object] => [
      tif,
      ticketOf({ timeInForce: tif }),
      { ...plain, type: 'limit', limit_price: '150.25', time_in_force: tif },
    ]),
  ];

  it.each(table)('%s', async (_name, ticket, body) => {
    const { received } = await submitted(ticket);
    expect(received[0]).toMatchObject({ method: 'POST', path: '/v2/orders' });
    expect(JSON.parse(received[0]?.body ?? '')).toEqual(body);
  });

  it('carries the token of the account, and no key of the house', async () => {
    const { received } = await submitted(ticketOf());
    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer token-1', 'content-type': 'application/json' });
    expect(received[0]?.headers).not.toHaveProperty('apca-api-key-id');
  });

  it('goes to the environment of the account', async () => {
    const server = await serveRaw((r) => json(r, 200, alpacaOrder()));
    await alpacaAt(server.url).broker.submit({ ...access, environment: 'live' }, admitted(ticketOf()), CLIENT_ID);
    expect(server.received[0]?.path).toBe(`${new URL(configFor(server.url).tradingUrl.live).pathname}/v2/orders`);
  });

  it('comes back as the broker has it', async () => {
    const { outcome } = await submitted(ticketOf(), alpacaOrder({ status: 'pending_new', extra: [1] }));
    expect(outcome).toEqual({
      kind: 'acknowledged',
      order: {
        brokerOrderId: BROKER_ID,
        clientOrderId: CLIENT_ID,
        symbol: 'AAPL',
        side: 'buy',
        type: 'limit',
        terms: { quantity: '10', limitPrice: '150.25', stopPrice: null, timeInForce: 'day' },
        trailPrice: null,
        extendedHours: false,
        status: 'pending',
        underWay: null,
        filledQuantity: '0',
        replacedBy: null,
        replaces: null,
        legs: [],
        updatedAt: '2026-11-23T15:00:01.5Z',
      },
    });
  });
});

describe('changing an order', () => {
  const terms = { quantity: '5', limitPrice: '151', stopPrice: null, timeInForce: 'gtc' } as const;
  const NEW_ID = `${CLIENT_ID}~r1`;
  const replaced = alpacaOrder({ id: 'b-2', client_order_id: NEW_ID, replaces: BROKER_ID, status: 'pending_new' });
  const table: readonly [name: string, answer: RawAnswer, outcome: object][] = [
    [
      '200 with the new order',
      (r) => json(r, 200, replaced),
      { kind: 'accepted', order: { brokerOrderId: 'b-2', replaces: BROKER_ID, status: 'pending' } },
    ],
    [
      '422 in the words of the broker',
      refusal(422, 42210000, 'order is not open'),
      { kind: 'refused', reason: 'order is not open' },
    ],
    ['422, the client id is used', refusal(422, 40010001, 'client_order_id must be unique'), { kind: 'refused' }],
    ['403 in the words of the broker', refusal(403, 40310000, 'insufficient buying power'), { kind: 'refused' }],
    ['404 in the words of the broker', refusal(404, 40410000, 'order not found'), { kind: 'refused' }],
    ['404 from something in between', text(404, 'text/html', PAGE), { kind: 'unknown' }],
    ['401', refusal(401, 40110000, 'request is not authorized'), { kind: 'unauthorized' }],
    ['429', refusal(429, 42910000, 'rate limit exceeded'), { kind: 'unknown' }],
    ['500', refusal(500, 50010000, 'internal server error'), { kind: 'unknown' }],
    ['200 with a page', text(200, 'text/html', PAGE), { kind: 'unknown' }],
    ['200 with another order', (r) => json(r, 200, alpacaOrder()), { kind: 'unknown' }],
    ['200 without a body', text(200, 'application/json', ''), { kind: 'unknown' }],
    ['403 with a code of somebody else', refusal(403, 403, 'Forbidden'), { kind: 'unknown' }],
    ['413 in the words of the broker', refusal(413, 41310000, 'too large'), { kind: 'unknown' }],
    ['a redirect', (r) => r.writeHead(307, { Location: '/elsewhere' }).end(), { kind: 'unknown' }],
    ['a reset', (r) => r.socket?.resetAndDestroy(), { kind: 'unknown' }],
  ];

  it.each(table)('replace: %s', async (_name, answer, expected) => {
    const server = await serveRaw(answer);
    const outcome = await alpacaAt(server.url).broker.replace(
      access,
      BROKER_ID,
      changeAdmitted(ticketOf(), 1, terms),
      NEW_ID,
    );
    expect(outcome).toMatchObject(expected);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ method: 'PATCH', path: `/v2/orders/${BROKER_ID}` });
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      qty: '5',
      time_in_force: 'gtc',
      limit_price: '151',
      client_order_id: NEW_ID,
    });
  });

  const cancels: readonly [name: string, answer: RawAnswer, outcome: object][] = [
    ['204', (r) => r.writeHead(204).end(), { kind: 'accepted' }],
    [
      '422 in the words of the broker',
      refusal(422, 42210000, 'order is already in "filled" state'),
      { kind: 'refused', reason: 'order is already in "filled" state' },
    ],
    ['404 in the words of the broker', refusal(404, 40410000, 'order not found'), { kind: 'refused' }],
    ['404 from something in between', text(404, 'text/html', PAGE), { kind: 'unknown' }],
    ['403 with a code of somebody else', refusal(403, 403, 'Forbidden'), { kind: 'unknown' }],
    ['200 with a page', text(200, 'text/html', PAGE), { kind: 'unknown' }],
    ['200 without a body', text(200, 'application/json', ''), { kind: 'unknown' }],
    ['a redirect', (r) => r.writeHead(307, { Location: '/elsewhere' }).end(), { kind: 'unknown' }],
    ['401', refusal(401, null, 'unauthorized.'), { kind: 'unauthorized' }],
    ['401 in the words of somebody else', refusal(401, null, 'Unauthorized'), { kind: 'unknown' }],
    ['429', refusal(429, 42910000, 'rate limit exceeded'), { kind: 'unknown' }],
    ['504', refusal(504, 50410000, 'gateway timeout'), { kind: 'unknown' }],
    ['a reset', (r) => r.socket?.resetAndDestroy(), { kind: 'unknown' }],
  ];

  it.each(cancels)('cancel: %s', async (_name, answer, expected) => {
    const server = await serveRaw(answer);
    const outcome = await alpacaAt(server.url).broker.cancel(access, BROKER_ID);
    expect(outcome).toMatchObject(expected);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ method: 'DELETE', path: `/v2/orders/${BROKER_ID}` });
  });

  it('a change that never left can be made again', async () => {
    const { broker } = alpacaAt(`http://127.0.0.1:${await deadPort()}`);
    expect(await broker.replace(access, BROKER_ID, changeAdmitted(ticketOf(), 1, terms), NEW_ID)).toMatchObject({
      kind: 'unknown',
    });
    expect(await broker.cancel(access, BROKER_ID)).toMatchObject({ kind: 'unknown' });
  });
});
