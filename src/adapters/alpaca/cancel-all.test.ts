import { describe, expect, it } from 'vitest';
import { access, alpacaAt, alpacaOrder, ticketOf } from '../../../test/adapters/alpaca-setup.ts';
import { PAGE, type RawAnswer, json, refusal, serveRaw, text } from '../../../test/adapters/raw-server.ts';
import { admitted, changeAdmitted } from '../../domain/risk-policy/samples.suite.ts';

const CLIENT_ID = '018f2f6e-0000-7000-8000-000000000001';

describe('cancelling all orders', () => {
  const rows = [
    { id: 'b-1', status: 200 },
    { id: 'b-2', status: 422 },
    { id: 'b-3', status: 500 },
  ];
  const table: readonly [name: string, answer: RawAnswer, outcome: object][] = [
    [
      '207 with a row for each',
      (r) => json(r, 207, rows),
      { kind: 'asked', accepted: ['b-1'], refused: ['b-2', 'b-3'] },
    ],
    ['207 without rows', (r) => json(r, 207, []), { kind: 'asked', accepted: [], refused: [] }],
    ['207 with something else', (r) => json(r, 207, { ok: true }), { kind: 'unknown' }],
    ['200 with a page', text(200, 'text/html', PAGE), { kind: 'unknown' }],
    ['401', refusal(401, 40110000, 'request is not authorized'), { kind: 'unauthorized' }],
    ['500', refusal(500, 50010000, 'internal server error'), { kind: 'unknown' }],
    ['a reset', (r) => r.socket?.resetAndDestroy(), { kind: 'unknown' }],
  ];

  it.each(table)('is one request: %s', async (_name, answer, expected) => {
    const server = await serveRaw(answer);
    expect(await alpacaAt(server.url).broker.cancelAll(access, null)).toMatchObject(expected);
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /v2/orders']);
  });

  it('in a symbol goes through the open ones, exits of brackets too, and passes over what is being cancelled', async () => {
    const orders = [
      alpacaOrder({ id: 'b-1' }),
      alpacaOrder({ id: 'b-2', symbol: 'IBM' }),
      alpacaOrder({ id: 'b-3', status: 'held' }),
      alpacaOrder({ id: 'b-4', status: 'pending_cancel' }),
    ];
    const server = await serveRaw((response, { pathname, searchParams }) => {
      if (pathname === '/v2/orders') return json(response, 200, searchParams.has('after_order_id') ? [] : orders);
      if (pathname.endsWith('b-3')) return refusal(422, 42210000, 'order is not cancelable')(response, new URL('a:b'));
      return response.writeHead(204).end();
    });
    expect(await alpacaAt(server.url).broker.cancelAll(access, 'AAPL')).toEqual({
      kind: 'asked',
      accepted: ['b-1'],
      refused: ['b-3'],
    });
    const deleted = server.received.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
    expect(deleted).toEqual(['/v2/orders/b-1', '/v2/orders/b-3']);
    expect(server.received[0]?.path).toContain('nested=false');
  });

  it('in a symbol is not done when the orders can not be listed', async () => {
    const server = await serveRaw(refusal(500, 50010000, 'internal server error'));
    expect(await alpacaAt(server.url).broker.cancelAll(access, 'AAPL')).toMatchObject({ kind: 'unknown' });
    expect(server.received).toHaveLength(1);
  });
});

describe('what is held back at the last moment', () => {
  const terms = { quantity: '5', limitPrice: '151', stopPrice: null, timeInForce: 'gtc' } as const;
  const never = () => Promise.resolve(false);

  it('was proven not sent, order or change', async () => {
    const server = await serveRaw((response) => json(response, 200, alpacaOrder()));
    const { broker } = alpacaAt(server.url);
    const submitted = await broker.submit(access, admitted(ticketOf()), CLIENT_ID, never);
    expect(submitted).toMatchObject({ kind: 'not_sent', reason: 'it was held back at the last moment' });
    const change = changeAdmitted(ticketOf(), 1, terms);
    expect(await broker.replace(access, 'b-1', change, `${CLIENT_ID}~r1`, never)).toMatchObject({ kind: 'unknown' });
    expect(server.received).toEqual([]);
  });
});
