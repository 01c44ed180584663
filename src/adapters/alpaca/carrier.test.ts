import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { access, alpacaAt, alpacaOrder, budgetFor, ticketOf } from '../../../test/adapters/alpaca-setup.ts';
import { PAGE, type RawAnswer, deadPort, json, refusal, serveRaw, text } from '../../../test/adapters/raw-server.ts';
import type { RequestBudget } from '../../application/ports/request-budget.ts';
import { admitted, changeAdmitted } from '../../domain/risk-policy/samples.suite.ts';
import type { Alpaca } from './alpaca.ts';
import { ALPACA_TIMES } from './config.ts';

const CLIENT_ID = '018f2f6e-0000-7000-8000-000000000001';
const TERMS = { quantity: '5', limitPrice: '151', stopPrice: null, timeInForce: 'gtc' } as const;
const live = new AbortController().signal;

const submit = ({ broker }: Pick<Alpaca, 'broker'>) => broker.submit(access, admitted(ticketOf()), CLIENT_ID);
const replace = ({ broker }: Pick<Alpaca, 'broker'>) =>
  broker.replace(access, 'b-1', changeAdmitted(ticketOf(), 1, TERMS), `${CLIENT_ID}~r1`);
const order: RawAnswer = (response, { pathname }) =>
  json(response, 200, pathname.endsWith('/clock') ? { is_open: true } : alpacaOrder());

/** A budget that grants everything and tells what it was asked for. */
function noting() {
  const asked: string[] = [];
  const pauses: [string, number][] = [];
  const budget: RequestBudget = {
    take(key, priority) {
      asked.push(`${priority} of ${key}`);
      return Promise.resolve('granted');
    },
    async pause(key, milliseconds) {
      pauses.push([key, milliseconds]);
    },
  };
  return { budget, asked, pauses };
}

describe('every request waits for its turn', () => {
  const calls: readonly [string, (alpaca: Alpaca) => Promise<unknown>, string][] = [
    ['sending an order', submit, 'order of alpaca account account-1'],
    ['changing one', replace, 'order of alpaca account account-1'],
    ['cancelling one', ({ broker }) => broker.cancel(access, 'b-1'), 'cancel of alpaca account account-1'],
    ['looking one up', ({ broker }) => broker.byId(access, 'b-1'), 'look-up of alpaca account account-1'],
    [
      'looking one up by our id',
      ({ broker }) => broker.byClientOrderId(access, CLIENT_ID),
      'look-up of alpaca account account-1',
    ],
    ['the account', ({ broker }) => broker.account(access), 'look-up of alpaca account account-1'],
    ['the positions', ({ broker }) => broker.positions(access), 'look-up of alpaca account account-1'],
    ['all open orders', ({ broker }) => broker.unfinished(access), 'list of alpaca account account-1'],
    [
      'all orders',
      ({ broker }) => broker.submittedAfter(access, '2026-01-01T00:00:00Z'),
      'list of alpaca account account-1',
    ],
    ['a quote', ({ marketData }) => marketData.quote('AAPL'), 'order of alpaca house'],
    ['the clock', ({ venue }) => venue.clock(), 'order of alpaca house'],
    ['the instruments', ({ venue }) => venue.instruments(), 'order of alpaca house'],
    ['snapshots', ({ marketData }) => marketData.snapshots(['AAPL']), 'list of alpaca house'],
    ['bars', ({ marketData }) => marketData.bars('AAPL', '1Min', 1, null), 'list of alpaca house'],
    ['a token', ({ authorization }) => authorization.exchange('code'), 'order of alpaca registration'],
  ];

  it.each(calls)('%s', async (_name, call, turn) => {
    const { budget, asked } = noting();
    const server = await serveRaw(refusal(500, 50010000, 'internal server error'));
    await call(alpacaAt(server.url, {}, budget)).catch(() => undefined);
    expect(server.received).toHaveLength(1);
    expect(asked).toEqual([turn]);
  });

  it('executions ask for one turn each request', async () => {
    const { budget, asked } = noting();
    const server = await serveRaw((r, { pathname }) =>
      json(r, 200, pathname.includes('/activities/') ? [] : alpacaOrder()),
    );
    await alpacaAt(server.url, {}, budget).broker.executionsOf(access, 'b-1');
    expect(server.received).toHaveLength(2);
    expect(asked).toEqual(Array.from({ length: 2 }, () => 'look-up of alpaca account account-1'));
  });

  it('what asks to come back later is taken at its word for the key', async () => {
    const { budget, pauses } = noting();
    const server = await serveRaw(refusal(429, 42910000, 'rate limit exceeded', { 'Retry-After': '7' }));
    const alpaca = alpacaAt(server.url, {}, budget);
    expect(await submit(alpaca)).toMatchObject({ kind: 'not_sent', retryAfterMs: 7_000 });
    await expect(alpaca.marketData.quote('AAPL')).rejects.toThrow('rate limit');
    expect(pauses).toEqual([
      ['alpaca account account-1', 7_000],
      ['alpaca house', 7_000],
    ]);
  });
});

describe('an order whose turn does not come', () => {
  const times = { ...ALPACA_TIMES, turn: { ...ALPACA_TIMES.turn, sending: 100 } };
  /** Of ten requests two are kept for cancels. */
  async function usedUp() {
    const server = await serveRaw(order);
    const alpaca = alpacaAt(server.url, { times }, budgetFor({ account: 10, house: 10 }));
    for (let n = 0; n < 8; n += 1) expect(await submit(alpaca)).toMatchObject({ kind: 'acknowledged' });
    return { ...alpaca, server };
  }

  it('is told not sent within a moment, and never gets to the broker', async () => {
    const { server, ...alpaca } = await usedUp();
    const begun = performance.now();
    expect(await submit(alpaca)).toEqual({
      kind: 'not_sent',
      reason: 'The broker takes no more requests for now: those that it allows in a minute are used up.',
      retryAfterMs: 1_000,
    });
    expect(await replace(alpaca)).toMatchObject({ kind: 'unknown' });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(server.received).toHaveLength(8);
  });

  it('does not hinder a cancel', async () => {
    const { server, ...alpaca } = await usedUp();
    await alpaca.broker.cancel(access, 'b-1');
    expect(server.received.at(-1)).toMatchObject({ method: 'DELETE' });
  });

  it('can wait beforehand, for as long as it likes', async () => {
    const { server, ...alpaca } = await usedUp();
    expect(await alpaca.broker.ready(access, 150, live)).toEqual({
      kind: 'held',
      reason: expect.stringContaining('takes no more requests') as string,
      retryAfterMs: 1_000,
    });
    const stopped = new AbortController();
    const waiting = alpaca.broker.ready(access, 60_000, stopped.signal);
    stopped.abort();
    expect(await waiting).toMatchObject({ kind: 'held' });
    expect(server.received).toHaveLength(8);
  });
});

describe('a turn that was waited for', () => {
  it('serves the order that follows, and no other one', async () => {
    const { budget, asked } = noting();
    const server = await serveRaw(order);
    const alpaca = alpacaAt(server.url, {}, budget);
    expect(await alpaca.broker.ready(access, 1_000, live)).toEqual({ kind: 'ready' });
    expect(await alpaca.broker.ready({ ...access, accountId: 'other' }, 1_000, live)).toEqual({ kind: 'ready' });
    await alpaca.broker.byId(access, 'b-1');
    await submit(alpaca);
    expect(asked).toEqual([
      'order of alpaca account account-1',
      'order of alpaca account other',
      'look-up of alpaca account account-1',
    ]);
    await submit(alpaca);
    expect(asked).toHaveLength(4);
  });

  it('is taken anew when it has grown old', async () => {
    const { budget, asked } = noting();
    const server = await serveRaw(order);
    const alpaca = alpacaAt(server.url, {}, budget);
    await alpaca.broker.ready(access, 1_000, live);
    await wait(1_050);
    await submit(alpaca);
    expect(asked).toHaveLength(2);
  });
});

describe('while the broker fails', () => {
  const breaker = { failures: 3, firstProbe: 60_000, longestProbe: 60_000 };
  const times = { ...ALPACA_TIMES, change: 150, lookUp: 150, breaker };

  async function failing(answer: RawAnswer, probes: Partial<typeof breaker> = {}) {
    const state = { answer };
    const server = await serveRaw((response, url) => state.answer(response, url));
    const alpaca = alpacaAt(server.url, { times: { ...times, breaker: { ...breaker, ...probes } } });
    for (let n = 0; n < 3; n += 1) await submit(alpaca);
    return { ...alpaca, server, state };
  }
  const broken = refusal(500, 50010000, 'internal server error');

  const failures: readonly [string, RawAnswer][] = [
    ['a server error', broken],
    ['a page in its place', text(403, 'text/html', PAGE)],
    ['no answer', () => undefined],
    ['a reset', (response) => response.socket?.resetAndDestroy()],
  ];
  it.each(failures)('neither order nor change leaves after %s several times in a row', async (_name, answer) => {
    const { server, lines, ...alpaca } = await failing(answer);
    expect(await submit(alpaca)).toMatchObject({
      kind: 'not_sent',
      reason: 'The broker has failed 3 times in a row; orders wait until it answers again.',
    });
    expect(await replace(alpaca)).toMatchObject({ kind: 'unknown' });
    expect(server.received).toHaveLength(3);
    expect(alpaca.sending()).toMatch(/^paper: The broker has failed 3 times/);
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
  });

  it('that can not be reached counts as well', async () => {
    const alpaca = alpacaAt(`http://127.0.0.1:${await deadPort()}`, { times });
    for (let n = 0; n < 3; n += 1) expect(await submit(alpaca)).toMatchObject({ kind: 'not_sent' });
    expect(alpaca.sending()).not.toBe('ok');
  });

  it('what it refuses in its own words is no failure', async () => {
    for (const answer of [
      refusal(403, 40310000, 'insufficient buying power'),
      refusal(422, 42210000, 'sub-penny'),
      refusal(401, null, 'unauthorized.'),
      refusal(404, 40410000, 'order not found'),
      refusal(429, 42910000, 'rate limit exceeded'),
    ]) {
      expect((await failing(answer)).sending()).toBe('ok');
    }
  });

  it('the other environment goes on', async () => {
    const { server, state, ...alpaca } = await failing(broken);
    state.answer = order;
    const elsewhere = { ...access, environment: 'live', accountId: 'other' } as const;
    expect(await alpaca.broker.submit(elsewhere, admitted(ticketOf()), CLIENT_ID)).toMatchObject({
      kind: 'acknowledged',
    });
    expect(server.received).toHaveLength(4);
    expect(alpaca.sending()).not.toBe('ok');
  });

  it.each<[string, (alpaca: Pick<Alpaca, 'broker'>) => Promise<unknown>, RawAnswer]>([
    ['look-ups', ({ broker }) => broker.byId(access, 'b-1'), order],
    ['cancels', ({ broker }) => broker.cancel(access, 'b-1'), (response) => response.writeHead(204).end()],
  ])('%s go on, and one that succeeds sets orders free', async (_name, call, answer) => {
    const { server, state, lines, ...alpaca } = await failing(broken);
    await call(alpaca);
    expect(alpaca.sending()).not.toBe('ok');
    const ready = alpaca.broker.ready(access, 10_000, live);
    state.answer = answer;
    await call(alpaca);
    expect(await ready).toEqual({ kind: 'ready' });
    expect(alpaca.sending()).toBe('ok');
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    state.answer = order;
    expect(await submit(alpaca)).toMatchObject({ kind: 'acknowledged' });
    expect(server.received).toHaveLength(6);
  });

  it('the broker is asked for the time until it answers, and never with an order', async () => {
    const { server, state, ...alpaca } = await failing(broken, { firstProbe: 10, longestProbe: 20 });
    const ready = alpaca.broker.ready(access, 10_000, live);
    await expect.poll(() => server.received.length).toBeGreaterThanOrEqual(6);
    state.answer = order;
    expect(await ready).toEqual({ kind: 'ready' });
    const probes = server.received.slice(3);
    expect(new Set(probes.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(['GET /v2/clock']));
    expect(probes[0]?.headers).toMatchObject({ 'apca-api-key-id': 'house' });
  });

  it('whoever waits for it is told why when the time is over', async () => {
    const { broker } = await failing(broken);
    expect(await broker.ready(access, 50, live)).toMatchObject({
      kind: 'held',
      reason: 'The broker has failed 3 times in a row; orders wait until it answers again.',
    });
  });
});
