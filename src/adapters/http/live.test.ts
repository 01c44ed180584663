import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Person } from './client.suite.ts';
import { openLive } from './live-reader.suite.ts';
import type { LiveReader } from './live-reader.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
let readers: LiveReader[] = [];
beforeAll(async () => {
  // The server's turns come when a test says so.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = await openServer();
});
afterAll(async () => {
  await server.close();
  vi.useRealTimers();
});
beforeEach(() => {
  server.market.set('AAPL', '99.98', '100.02');
  server.market.set('SPY', '499.98', '500.02');
});
afterEach(async () => {
  for (const reader of readers) reader.close();
  await Promise.all(readers.map(({ ended }) => ended));
  readers = [];
  await nobodyLooks();
});

/** The server has seen that the connections are gone: it asks for no more prices. */
const nobodyLooks = (): Promise<void> =>
  vi.waitFor(() => {
    const before = server.market.asked.length;
    seconds(5);
    expect(server.market.asked).toHaveLength(before);
  });

const seconds = (count: number): void => void vi.advanceTimersByTime(count * 1_000);

async function open({ token }: Person, symbols = ''): Promise<LiveReader> {
  const reader = await openLive(server.port, token, symbols);
  readers.push(reader);
  return reader;
}

async function place(person: Person): Promise<string> {
  const form = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1' };
  const path = `/broker/v1/accounts/${person.accountId}/orders`;
  const answer = await server.call('POST', path, { token: person.token, form });
  return (answer.json as { d: { orderId: string } }).d.orderId;
}

describe('a live connection', () => {
  it('begins with a snapshot of the account', async () => {
    const person = await server.trader();
    const orderId = await place(person);
    const reader = await open(person);
    expect(reader.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    expect(await reader.next('snapshot')).toMatchObject({
      orders: [{ id: orderId, status: 'placing' }],
      positions: [],
      state: { balance: 100_000, equity: 100_000 },
      clock: { isOpen: true },
    });
    expect(reader.messages[0]?.type).toBe('snapshot');
  });

  it('tells an order’s changes, its executions and what they make of the position', async () => {
    const person = await server.trader();
    const reader = await open(person);
    await reader.next('snapshot');
    const orderId = await place(person);
    await reader.next('order', ({ order }) => order.id === orderId && order.status === 'placing');
    const desk = server.deskOf(person.accountId);
    await desk.order(orderId, { type: 'ClaimSubmission', claimId: 'c', at: '2026-03-02T15:00:00.000Z' });
    await desk.tell(orderId);
    await reader.next('order', ({ order }) => order.status === 'working');
    server.cash.set(person.accountId, '99900');
    await desk.fill(orderId, '1', '1', { price: '100' });
    await reader.next('order', ({ order }) => order.status === 'filled' && order.avgPrice === 100);
    expect(await reader.next('execution')).toMatchObject({ execution: { orderId, qty: 1, price: 100 } });
    // Cash and position move together: the purchase leaves the balance as it was.
    const worth = await reader.next('positions', ({ positions }) => positions[0]?.unrealizedPl === -0.02);
    expect(worth.state).toMatchObject({ balance: 100_000, unrealizedPl: -0.02, equity: 99_999.98 });
    server.market.set('AAPL', '101', '101.04');
    seconds(1);
    await reader.next('positions', ({ positions }) => positions[0]?.unrealizedPl === 1);
  });

  it('tells the prices of the symbols that are wanted, once each', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const reader = await open(person, 'AAPL,NOPE');
    const quiet = await open(other);
    expect(await reader.next('quote')).toMatchObject({
      quote: { symbol: 'AAPL', bid: '99.98', ask: '100.02', last: '100.02', previousClose: '99' },
    });
    expect(await reader.next('bar')).toMatchObject({ symbol: 'AAPL', bar: { close: 100.02 } });
    seconds(1);
    server.market.set('AAPL', '99.99', '100.02');
    seconds(1);
    await vi.waitFor(() => {
      seconds(1);
      expect(reader.messages).toContainEqual(
        expect.objectContaining({ quote: expect.objectContaining({ bid: '99.99' }) as unknown }),
      );
    });
    expect(reader.messages.filter(({ type }) => type === 'quote')).toHaveLength(2);
    expect(reader.messages.filter(({ type }) => type === 'bar')).toHaveLength(1);
    // What is halted and what is held are read side by side.
    expect(quiet.messages.map(({ type }) => type).toSorted()).toEqual(['halts', 'positions', 'snapshot']);
    const late = await open(other, 'AAPL');
    await late.next('quote', ({ quote }) => quote.bid === '99.99');
  });

  it('hears nothing of other accounts', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const [mine, theirs] = [await open(person), await open(other)];
    await Promise.all([mine.next('snapshot'), theirs.next('snapshot')]);
    await server.deskOf(other.accountId).trade('buy', '5', '100');
    await theirs.next('execution');
    await theirs.next('positions', ({ positions }) => positions.length === 1);
    const orderId = await place(person);
    await mine.next('order', ({ order }) => order.id === orderId);
    const told = JSON.stringify(mine.messages);
    for (const { id } of [...theirs.messages].flatMap((each) => (each.type === 'order' ? [each.order] : []))) {
      expect(told).not.toContain(id);
    }
    expect(mine.messages.filter(({ type }) => type === 'execution')).toEqual([]);
    expect(mine.messages.every((each) => each.type !== 'positions' || each.positions.length === 0)).toBe(true);
  });

  it('that began with a portfolio of before a fill is told what the others have heard of it', async () => {
    const person = await server.trader();
    const desk = server.deskOf(person.accountId);
    await desk.trade('buy', '5', '100');
    await server.settled();
    const first = await open(person);
    await first.next('positions', ({ positions }) => positions.length === 1);
    // The second connection has loaded its portfolio when it asks what time it is.
    const usual = server.market.clock;
    let calls = 0;
    let go = (): void => undefined;
    const told = new Promise<void>((resolve) => (go = resolve));
    const asked = new Promise<void>((resolve) => {
      server.market.clock = () => {
        calls += 1;
        if (calls !== 2) return usual();
        resolve();
        return told.then(() => usual());
      };
    });
    const opening = open(person);
    await asked;
    await desk.trade('sell', '5', '100');
    await first.next('positions', ({ positions }) => positions.length === 0);
    go();
    const second = await opening;
    server.market.clock = usual;
    expect((await second.next('snapshot')).positions).toHaveLength(1);
    await second.next('positions', ({ positions }) => positions.length === 0);
  });

  it('beats, and ends with its session', async () => {
    const person = await server.trader();
    const reader = await open(person);
    await reader.next('snapshot');
    seconds(10);
    await reader.next('heartbeat');
    const { sessionId } = server.tokens.read(person.token) ?? { sessionId: '' };
    await server.sessions.end(sessionId);
    seconds(30);
    await reader.ended;
    expect((await open(person)).status).toBe(401);
  });

  it('ends at once when its user logs out', async () => {
    const person = await server.trader();
    const reader = await open(person);
    await reader.next('snapshot');
    await server.call('POST', '/api/v1/auth/logout', { token: person.token });
    await reader.ended;
  });

  it('is one of ten at most for one user', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const opened = await Promise.all(Array.from({ length: 12 }, () => open(person)));
    expect(opened.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(opened.filter(({ status }) => status === 429)).toHaveLength(2);
    expect((await open(other)).status).toBe(200);
    const [first] = opened.filter(({ status }) => status === 200);
    first?.close();
    await vi.waitFor(async () => expect((await open(person)).status).toBe(200));
  });

  it('needs a broker account, since there is nothing to tell without', async () => {
    const { token } = await server.signUp();
    const answer = await server.call('GET', '/api/v1/live', { token });
    expect([answer.status, answer.json]).toMatchObject([409, { code: 'broker_link_missing' }]);
    const head = await server.call('HEAD', '/api/v1/live', { token });
    expect([head.status, head.headers.allow]).toEqual([405, 'GET']);
  });
});

it('nobody’s prices are asked for when nobody looks', async () => {
  const reader = await open(await server.trader(), 'AAPL');
  await reader.next('quote');
  const before = server.market.asked.length;
  seconds(1);
  expect(server.market.asked.slice(before)).toEqual([['AAPL']]);
  reader.close();
  await nobodyLooks();
});
