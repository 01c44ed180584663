import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { access, alpacaAt, alpacaOrder } from '../../../test/adapters/alpaca-setup.ts';
import { deadPort, json, serveRaw } from '../../../test/adapters/raw-server.ts';

async function serving(answer: (url: URL, response: ServerResponse) => void) {
  const server = await serveRaw((response, url) => answer(url, response));
  return { ...alpacaAt(server.url), received: server.received };
}

const manyOrders = (count: number) =>
  Array.from({ length: count }, (_, i) => alpacaOrder({ id: `b-${i}`, client_order_id: `c-${i}` }));

const fill = (id: string, orderId: string, cumulative: string) => ({
  id,
  activity_type: 'FILL',
  transaction_time: '2026-11-23T15:00:02.000000001Z',
  type: 'partial_fill',
  price: '150.2',
  qty: '1',
  side: 'buy',
  symbol: 'AAPL',
  leaves_qty: '1',
  cum_qty: cumulative,
  order_id: orderId,
});

describe('one order', () => {
  it('is found by its client id, whatever characters that has', async () => {
    const { broker, received } = await serving((_url, r) => json(r, 200, alpacaOrder({ client_order_id: 'a~r1&b' })));
    const found = await broker.byClientOrderId(access, 'a~r1&b');
    expect(found).toMatchObject({ kind: 'found', value: { clientOrderId: 'a~r1&b' } });
    const url = new URL(received[0]?.path ?? '', 'http://broker');
    expect(url.pathname).toBe('/v2/orders:by_client_order_id');
    expect(url.searchParams.get('client_order_id')).toBe('a~r1&b');
  });

  it('can be read when a time of it is the zero of its server, and not when the one that it was made at is', async () => {
    const none = '0001-01-01T00:00:00Z';
    const reading = async (times: Readonly<Record<string, string>>) => {
      const { broker } = await serving((_url, r) => json(r, 200, alpacaOrder(times)));
      return (await broker.byId(access, 'b-1')).kind;
    };
    expect(await reading({ updated_at: none })).toBe('found');
    expect(await reading({ created_at: none })).toBe('unknown');
  });

  it('comes with its exits', async () => {
    const leg = alpacaOrder({ id: 'leg-1', status: 'held', type: 'limit' });
    const { broker, received } = await serving((_url, r) => json(r, 200, alpacaOrder({ legs: [leg] })));
    expect(await broker.byId(access, 'b-1')).toMatchObject({
      value: { legs: [{ brokerOrderId: 'leg-1', status: 'pending' }] },
    });
    expect(received[0]?.path).toBe('/v2/orders/b-1?nested=true');
  });

  it('is not there only when the broker says so', async () => {
    const answers: [(r: ServerResponse) => void, string][] = [
      [(r) => json(r, 404, { code: 40410000, message: 'order not found' }), 'not_found'],
      [(r) => json(r, 404, { message: 'no route' }), 'unknown'],
      [(r) => r.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>404</h1>'), 'unknown'],
      [(r) => json(r, 422, { code: 40010001, message: 'order_id is not valid' }), 'unknown'],
      [(r) => json(r, 401, { code: 40110000, message: 'request is not authorized' }), 'unauthorized'],
      [(r) => json(r, 429, { code: 42910000, message: 'rate limit exceeded' }), 'unknown'],
      [(r) => json(r, 200, []), 'unknown'],
      [(r) => r.socket?.resetAndDestroy(), 'unknown'],
    ];
    for (const [answer, kind] of answers) {
      const { broker } = await serving((_url, r) => answer(r));
      expect(await broker.byClientOrderId(access, 'x')).toMatchObject({ kind });
      expect(await broker.byId(access, 'x')).toMatchObject({ kind });
    }
    const { broker } = alpacaAt(`http://127.0.0.1:${await deadPort()}`);
    expect(await broker.byId(access, 'x')).toMatchObject({ kind: 'unknown' });
  });
});

describe('executions of an order', () => {
  it('are picked out of all pages of the account, oldest first', async () => {
    const rows = Array.from({ length: 250 }, (_, i) => fill(`row-${i}`, i % 2 === 0 ? 'b-1' : 'other', `${i + 1}`));
    const { broker, received } = await serving((url, r) => {
      if (!url.pathname.includes('activities')) return json(r, 200, alpacaOrder({ id: 'b-1' }));
      const start = rows.findIndex(({ id }) => id === url.searchParams.get('page_token')) + 1;
      json(r, 200, rows.slice(start, start + Number(url.searchParams.get('page_size'))));
    });
    const found = await broker.executionsOf(access, 'b-1');
    if (found.kind !== 'found') throw new Error(found.kind);
    expect(found.value).toHaveLength(125);
    expect(found.value[1]).toEqual({
      brokerOrderId: 'b-1',
      executionId: null,
      recordId: 'row-2',
      quantity: '1',
      price: '150.2',
      cumulativeQuantity: '3',
      executedAt: '2026-11-23T15:00:02.000000001Z',
    });
    expect(received).toHaveLength(4);
    const first = new URL(received[1]?.path ?? '', 'http://broker');
    expect(first.pathname).toBe('/v2/account/activities/FILL');
    expect(Object.fromEntries(first.searchParams)).toEqual({
      after: '2026-11-23T14:59:00.123Z',
      direction: 'asc',
      page_size: '100',
    });
  });

  it('are unknown when one of them can not be read, or a page is missing', async () => {
    for (const second of [[{ ...fill('row-1', 'b-1', '1'), price: 1 }], { message: 'no' }, [{ id: 1 }]]) {
      const { broker } = await serving((url, r) =>
        json(r, 200, url.pathname.includes('activities') ? second : alpacaOrder({ id: 'b-1' })),
      );
      expect(await broker.executionsOf(access, 'b-1')).toMatchObject({ kind: 'unknown' });
    }
  });

  it('of an order that is not there are not found', async () => {
    const { broker } = await serving((_url, r) => json(r, 404, { code: 40410000, message: 'order not found' }));
    expect(await broker.executionsOf(access, 'b-1')).toEqual({ kind: 'not_found' });
  });
});

describe('executions of an account', () => {
  it('after a moment are read page by page, whichever orders they belong to', async () => {
    const rows = Array.from({ length: 150 }, (_, i) => fill(`row-${i}`, `b-${i % 3}`, `${i + 1}`));
    const { broker, received } = await serving((url, r) => {
      const start = rows.findIndex(({ id }) => id === url.searchParams.get('page_token')) + 1;
      json(r, 200, rows.slice(start, start + 100));
    });
    const found = await broker.executionsAfter(access, '2026-11-23T14:50:00.000Z');
    if (found.kind !== 'found') throw new Error(found.kind);
    expect(found.value.map(({ brokerOrderId }) => brokerOrderId)).toEqual(rows.map(({ order_id }) => order_id));
    const queries = received.map(({ path }) => Object.fromEntries(new URL(path, 'http://broker').searchParams));
    const common = { after: '2026-11-23T14:50:00.000Z', direction: 'asc', page_size: '100' };
    expect(queries).toEqual([common, { ...common, page_token: 'row-99' }]);
  });

  it('that can not be read do not hide the others, and are kept to the letter', async () => {
    const odd = { ...fill('row-2', 'b-1', '2'), price: 1 };
    const { broker, lines } = await serving((_url, r) => json(r, 200, [fill('row-1', 'b-1', '1'), odd]));
    expect(await broker.executionsAfter(access, '2026-11-23T14:50:00.000Z')).toMatchObject({
      kind: 'found',
      value: [{ brokerOrderId: 'b-1', cumulativeQuantity: '1' }],
    });
    expect(lines).toMatchObject([{ level: 'alarm', facts: { raw: JSON.stringify(odd) } }]);
  });
});

describe('unfinished orders', () => {
  it('take one request when they fit on a page, and are told each for itself', async () => {
    const all = manyOrders(501);
    const { broker, received } = await serving((url, r) => {
      const start = all.findIndex(({ id }) => id === url.searchParams.get('after_order_id')) + 1;
      json(r, 200, all.slice(start, start + 500));
    });
    expect(await broker.unfinished(access)).toMatchObject({ kind: 'found', value: { length: 501 } });
    const queries = received.map(({ path }) => Object.fromEntries(new URL(path, 'http://broker').searchParams));
    const common = { status: 'open', direction: 'asc', limit: '500', nested: 'false' };
    expect(queries).toEqual([common, { ...common, after_order_id: 'b-499' }]);
  });
});

describe('orders submitted after a moment', () => {
  it('are read page by page until one is surely the last, finished ones too', async () => {
    const all = manyOrders(700);
    const { broker, received } = await serving((url, r) => {
      const start = all.findIndex(({ id }) => id === url.searchParams.get('after_order_id')) + 1;
      json(r, 200, all.slice(start, start + 500));
    });
    const found = await broker.submittedAfter(access, '2026-11-22T15:00:00.000Z');
    if (found.kind !== 'found') throw new Error(found.kind);
    expect(found.value.map(({ brokerOrderId }) => brokerOrderId)).toEqual(all.map(({ id }) => id));
    const queries = received.map(({ path }) => Object.fromEntries(new URL(path, 'http://broker').searchParams));
    const common = { status: 'all', direction: 'asc', limit: '500', nested: 'true' };
    expect(queries).toEqual([
      { ...common, after: '2026-11-22T15:00:00.000Z' },
      { ...common, after_order_id: 'b-499' },
      // What stands inside of 200 orders may have filled the page.
      { ...common, after_order_id: 'b-699' },
    ]);
  });

  it('take one request when they are few', async () => {
    const { broker, received } = await serving((_url, r) => json(r, 200, manyOrders(99)));
    expect(await broker.submittedAfter(access, '2026-11-22T15:00:00.000Z')).toMatchObject({ value: { length: 99 } });
    expect(received).toHaveLength(1);
  });

  it('that can not be read do not hide the others, and are kept to the letter', async () => {
    const odd = { ...alpacaOrder({ id: 'b-2' }), side: 'sideways' };
    const { broker, lines } = await serving((_url, r) => json(r, 200, [alpacaOrder({ id: 'b-1' }), odd]));
    expect(await broker.submittedAfter(access, '2026-11-22T15:00:00.000Z')).toMatchObject({
      kind: 'found',
      value: [{ brokerOrderId: 'b-1' }],
    });
    expect(lines).toMatchObject([{ level: 'alarm', facts: { raw: JSON.stringify(odd) } }]);
  });

  it('over an amount of dollars have no quantity, and count for what is filled of them', async () => {
    const dollars = { ...alpacaOrder({ id: 'b-1' }), qty: null, notional: '100', filled_qty: '0.53' };
    const { broker } = await serving((_url, r) => json(r, 200, [dollars]));
    expect(await broker.unfinished(access)).toMatchObject({
      value: [{ terms: { quantity: '0' }, filledQuantity: '0.53' }],
    });
  });

  it('are unknown when a page does not come, or the same one comes for ever', async () => {
    const halting = await serving((url, r) =>
      url.searchParams.has('after_order_id') ? json(r, 503, {}) : json(r, 200, manyOrders(500)),
    );
    expect(await halting.broker.submittedAfter(access, '2026-11-22T15:00:00.000Z')).toMatchObject({ kind: 'unknown' });
    const endless = await serving((_url, r) => json(r, 200, manyOrders(500)));
    expect(await endless.broker.submittedAfter(access, '2026-11-22T15:00:00.000Z')).toMatchObject({ kind: 'unknown' });
  });
});

describe('an account', () => {
  const account = {
    id: 'acc-1',
    account_number: 'PA1',
    status: 'ACTIVE',
    trading_blocked: false,
    account_blocked: false,
    trade_suspended_by_user: false,
    cash: '100000.123456789',
    equity: '100010',
    multiplier: '4',
    buying_power: '400040',
    shorting_enabled: true,
  };

  it('may trade when it is active and nothing blocks it', async () => {
    const { broker } = await serving((_url, r) => json(r, 200, account));
    expect(await broker.account(access)).toEqual({
      kind: 'found',
      value: {
        brokerAccountId: 'acc-1',
        brokerAccountNumber: 'PA1',
        mayTrade: true,
        cash: '100000.123456789',
        equity: '100010',
        buyingPower: '400040',
        shortingEnabled: true,
      },
    });
    for (const block of [
      { status: 'ACCOUNT_UPDATED' },
      { trading_blocked: true },
      { account_blocked: true },
      { trade_suspended_by_user: true },
    ]) {
      const blocked = await serving((_url, r) => json(r, 200, { ...account, ...block }));
      expect(await blocked.broker.account(access)).toMatchObject({ kind: 'found', value: { mayTrade: false } });
    }
  });

  it('that can not be understood is unknown and reported', async () => {
    const { broker, lines } = await serving((_url, r) => json(r, 200, { ...account, cash: null }));
    expect(await broker.account(access)).toMatchObject({ kind: 'unknown' });
    expect(lines).toMatchObject([{ level: 'alarm' }]);
  });

  it('has positions, negative for a short one', async () => {
    const position = { symbol: 'AAPL', qty: '-3', side: 'short', avg_entry_price: '150.5', market_value: '-450' };
    const { broker } = await serving((_url, r) => json(r, 200, [position]));
    expect(await broker.positions(access)).toEqual({
      kind: 'found',
      value: [{ symbol: 'AAPL', quantity: '-3', averagePrice: '150.5' }],
    });
  });
});
