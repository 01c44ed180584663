import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from './client.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

const ask = async (person: Person, what: string) =>
  (await server.call('GET', `/broker/v1/accounts/${person.accountId}/${what}`, { token: person.token })).json;

/** Somebody who has bought 10 AAPL at 100 and sold 4 of them at 110, and has sold 2 SPY short at 500. */
async function holder(): Promise<Person> {
  const person = await server.trader();
  const desk = server.deskOf(person.accountId);
  await desk.trade('buy', '10', '100');
  await desk.trade('sell', '4', '110');
  await desk.trade('sell', '2', '500', { symbol: 'SPY' });
  server.cash.set(person.accountId, '100440');
  await server.settled();
  return person;
}

describe('what an account has', () => {
  it('marks a long position at the bid and a short one at the ask', async () => {
    const person = await holder();
    expect(await ask(person, 'positions?locale=en')).toEqual({
      s: 'ok',
      d: [
        { id: 'AAPL', instrument: 'AAPL', qty: 6, side: 'buy', avgPrice: 100, unrealizedPl: -0.12, mismatch: null },
        { id: 'SPY', instrument: 'SPY', qty: 2, side: 'sell', avgPrice: 500, unrealizedPl: -0.04, mismatch: null },
      ],
    });
    expect(await ask(person, 'state')).toEqual({
      s: 'ok',
      d: {
        // 100,440 in cash, 600 in AAPL, and 1,000 owed in SPY.
        balance: 100_040,
        unrealizedPl: -0.16,
        equity: 100_039.84,
        accountSummaryRowData: ['100,039.84', '100,040.00', '-0.16', '40.00'],
      },
    });
  });

  it('tells the executions of one instrument, and orders that ended', async () => {
    const person = await holder();
    expect(await ask(person, 'executions?instrument=AAPL')).toMatchObject({
      s: 'ok',
      d: [
        { side: 'sell', qty: 4, price: 110, isClose: true },
        { side: 'buy', qty: 10, price: 100, isClose: false },
      ],
    });
    expect(await ask(person, 'executions?instrument=AAPL&maxCount=1')).toMatchObject({ d: [{ side: 'sell' }] });
    expect(await ask(person, 'ordersHistory?maxCount=2')).toMatchObject({
      d: [{ status: 'filled' }, { status: 'filled' }],
    });
    expect(await ask(person, 'ordersHistory')).toMatchObject({ d: [{}, {}, {}] });
  });

  it('is unknown without a broker account, but for what we know ourselves', async () => {
    const person = await server.signUp();
    expect(await ask(person, 'state')).toMatchObject({ s: 'error', refusal: { code: 'broker_link_missing' } });
    expect(await ask(person, 'positions')).toEqual({ s: 'ok', d: [] });
    expect(await ask(person, 'orders')).toEqual({ s: 'ok', d: [] });
  });
});

describe('what the platform must know', () => {
  it('is one account, with every flag said', async () => {
    const person = await server.trader();
    const answer = await server.call('GET', '/broker/v1/accounts?locale=en', { token: person.token });
    expect(answer.json).toMatchObject({
      s: 'ok',
      d: [
        { id: person.accountId, type: 'demo', currency: 'USD', config: { supportDOM: false, supportPLUpdate: true } },
      ],
    });
    const [account] = (answer.json as { d: { config: Record<string, boolean> }[] }).d;
    for (const countsAsTrue of ['supportMarketBrackets', 'supportReversePosition', 'supportEditAmount', 'supportDOM']) {
      expect(account?.config).toHaveProperty(countsAsTrue);
    }
  });

  it('is a configuration within the protocol’s limits', async () => {
    const { token } = await server.trader();
    const { d } = (await server.call('GET', '/broker/v1/config', { token })).json as {
      d: { pullingInterval: Record<string, number>; durations: { default: boolean }[]; accountSummaryRow: unknown[] };
    };
    const largest = { quotes: 1000, orders: 1000, positions: 1500, accountManager: 1500 };
    for (const [name, most] of Object.entries(largest)) expect(d.pullingInterval[name]).toBeLessThanOrEqual(most);
    expect(d.durations.filter((duration) => duration.default)).toHaveLength(1);
    expect(d.accountSummaryRow).toHaveLength(4);
  });

  it('is what can be traded', async () => {
    expect(await ask(await server.trader(), 'instruments')).toMatchObject({
      s: 'ok',
      d: [{ name: 'AAPL', minTick: 0.01, type: 'stock' }, { name: 'SPY' }],
    });
  });
});

describe('quotes', () => {
  it('are told for the symbols that are known', async () => {
    const { token, accountId } = await server.trader();
    const quotes = async (symbols: string) =>
      (await server.call('GET', `/broker/v1/quotes?accountId=${accountId}&symbols=${symbols}`, { token })).json;
    expect(await quotes('SPY%2CNOPE,AAPL,SPY,%2F,aapl')).toEqual({
      s: 'ok',
      d: [
        { s: 'ok', n: 'SPY', v: { ask: 500.02, bid: 499.98 } },
        { s: 'ok', n: 'AAPL', v: { ask: 100.02, bid: 99.98 } },
      ],
    });
    expect(await quotes('NOPE,%3B')).toMatchObject({ s: 'error', refusal: { code: 'unknown_instrument' } });
  });
});

describe('market data', () => {
  it('has bars of known symbols, and a clock', async () => {
    const { token } = await server.trader();
    const bars = await server.call('GET', '/api/v1/market/bars?symbol=AAPL&timeframe=1Day&limit=1', { token });
    expect(bars.json).toMatchObject({ symbol: 'AAPL', timeframe: '1Day', bars: [{ close: 100.5 }] });
    const unknown = await server.call('GET', '/api/v1/market/bars?symbol=NOPE', { token });
    expect([unknown.status, unknown.json]).toMatchObject([404, { code: 'unknown_instrument' }]);
    expect((await server.call('GET', '/api/v1/market/clock', { token })).json).toMatchObject({ isOpen: true });
  });
});

describe('a world outside that does not answer', () => {
  const fails = (): Promise<never> => Promise.reject(new Error('no answer'));

  it('is said, and nothing is made up', async () => {
    const alone = await openServer({ broker: { account: () => Promise.resolve({ kind: 'unknown', reason: 'late' }) } });
    try {
      const { token, accountId } = await alone.trader();
      const answer = await alone.call('GET', `/broker/v1/accounts/${accountId}/state`, { token });
      expect(answer.json).toMatchObject({ s: 'error', refusal: { code: 'broker_unavailable' } });
      const live = await alone.call('GET', '/api/v1/live', { token });
      expect([live.status, live.json]).toMatchObject([503, { code: 'broker_unavailable' }]);
    } finally {
      await alone.close();
    }
  });

  it('tells a failure that nobody thought of by its number only, and logs it', async () => {
    const broken = await openServer({ users: { byId: fails, byEmail: fails } });
    try {
      const signedUp = await broken.call('POST', '/api/v1/auth/signup', {
        json: { email: 'a@example.com', password: 'correct horse battery' },
      });
      const { accessToken: token } = signedUp.json as { accessToken: string };
      const answer = await broken.call('GET', '/api/v1/onboarding', { token });
      expect([answer.status, answer.json]).toMatchObject([500, { code: 'internal' }]);
      expect(answer.text).toContain(answer.headers['x-correlation-id']);
      expect(answer.text).not.toContain('no answer');
      expect(broken.logged).toHaveLength(1);
      expect(broken.logged[0]?.facts).toMatchObject({
        correlationId: answer.headers['x-correlation-id'],
        error: expect.stringContaining('no answer') as string,
      });
    } finally {
      await broken.close();
    }
  });
});
