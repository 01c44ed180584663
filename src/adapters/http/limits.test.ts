import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answered, Person } from './client.suite.ts';
import { PASSWORD } from './client.suite.ts';
import { createLimits } from './limits.ts';
import type { Refusal } from './refusal.ts';
import type { Request } from './route.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

/** Makes so many requests, 25 at a time, and gives the answers in the order of asking. */
async function many(times: number, ask: () => Promise<Answered>): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  while (answers.length < times) {
    const now = Math.min(25, times - answers.length);
    answers.push(...(await Promise.all(Array.from({ length: now }, ask))));
  }
  return answers;
}

const refused = { s: 'error', refusal: { code: 'too_many_requests' } };
const isRefused = ({ text }: Answered): boolean => text.includes('too_many_requests');
const retryAfter = ({ headers }: Answered): number => Number(headers['retry-after']);

describe('asking for market data', () => {
  const barsOf = ({ token }: Person) => server.call('GET', '/api/v1/market/bars?symbol=AAPL', { token });
  const quotesOf = ({ token, accountId }: Person) =>
    server.call('GET', `/broker/v1/quotes?accountId=${accountId}&symbols=AAPL`, { token });

  it('is limited for a user on all its routes together, in the words of each, and stops no order', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const answers = [...(await many(150, () => quotesOf(person))), ...(await many(90, () => barsOf(person)))];
    expect(answers.filter(isRefused)).toEqual([]);

    const [quotes, bars] = [await quotesOf(person), await barsOf(person)];
    expect([quotes.status, quotes.json]).toMatchObject([200, refused]);
    expect([bars.status, bars.json]).toMatchObject([429, { status: 429, code: 'too_many_requests' }]);
    const live = await server.call('GET', '/api/v1/live', { token: person.token });
    expect(live.json).toMatchObject({ code: 'too_many_requests' });
    for (const answer of [quotes, bars, live]) {
      expect(retryAfter(answer)).toBeGreaterThan(0);
      expect(retryAfter(answer)).toBeLessThanOrEqual(60);
    }

    expect((await quotesOf(other)).json).toMatchObject({ s: 'ok' });
    const form = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1' };
    const path = `/broker/v1/accounts/${person.accountId}/orders`;
    expect((await server.call('POST', path, { token: person.token, form })).json).toMatchObject({ s: 'ok' });
  });
});

describe('orders', () => {
  const path = ({ accountId }: Person, rest = '') => `/broker/v1/accounts/${accountId}/orders${rest}`;
  const place = (person: Person, qty: string, instrument = 'AAPL', query = '') => {
    const form = { instrument, side: 'buy', type: 'market', qty };
    return server.call('POST', path(person, query), { token: person.token, form });
  };

  it('pass fifty at once when they are the same, and twenty at once when they are not', async () => {
    const person = await server.trader();
    const same = await Promise.all(Array.from({ length: 50 }, () => place(person, '1', 'AAPL', '?requestId=same')));
    expect(new Set(same.map(({ text }) => text)).size).toBe(1);
    expect(same[0]?.json).toMatchObject({ s: 'ok' });
    const different = await Promise.all(Array.from({ length: 20 }, (_, n) => place(person, `${n + 1}`)));
    expect(different.filter(isRefused)).toEqual([]);
  });

  it('are limited for a user, placed, changed and cancelled together; a cancellation is never refused', async () => {
    const [person, other] = [await server.trader(), await server.trader()];
    const placed = await place(person, '1');
    const { orderId } = (placed.json as { d: { orderId: string } }).d;
    const nobodys = path(person, '/33333333-3333-4333-8333-333333333333');
    const change = () => server.call('PUT', nobodys, { token: person.token, form: { qty: '2' } });
    const cancel = (which = nobodys) => server.call('DELETE', which, { token: person.token });
    const answers = [
      ...(await many(149, () => place(person, '1', 'NOPE'))),
      ...(await many(100, change)),
      ...(await many(50, () => cancel())),
    ];
    expect(answers.filter(isRefused)).toEqual([]);

    const before = (await server.store.readAll('', 100_000)).length;
    for (const late of [await place(person, '1'), await change()]) {
      expect([late.status, late.json]).toMatchObject([200, refused]);
      expect(retryAfter(late)).toBeGreaterThan(0);
    }
    expect(await server.store.readAll('', 100_000)).toHaveLength(before);
    expect((await cancel(path(person, `/${orderId}`))).json).toEqual({ s: 'ok' });
    expect((await place(other, '1')).json).toMatchObject({ s: 'ok' });
  });

  it('have room again when a minute has passed', () => {
    let now = 0;
    const { orderEntry } = createLimits(() => now);
    const next = () => orderEntry('user');
    expect(Array.from({ length: 300 }, next).every((refusal) => refusal === null)).toBe(true);
    now = 59_000;
    expect(next()).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 1 });
    now = 60_000;
    expect(next()).toBeNull();
  });
});

describe('passwords', () => {
  /** Asks as somebody at another machine would. */
  async function from(client: string, path: string, body: unknown) {
    const found = server.routes.find((route) => route.path === path);
    const request: Request = {
      params: {},
      query: {},
      body,
      principal: null,
      client,
      correlationId: 'c',
      header: () => null,
      cookie: () => null,
      secure: false,
    };
    return found?.answer(request);
  }
  const logIn = (client: string, email: string, password: string) =>
    from(client, '/api/v1/auth/login', { email, password });

  it('guessed elsewhere do not lock the owner out', async () => {
    const { email } = await server.signUp();
    for (let n = 0; n < 10; n += 1) {
      expect(await logIn('192.0.2.10', email, 'wrong')).toMatchObject({ code: 'wrong_credentials' });
    }
    expect(await logIn('192.0.2.10', email, PASSWORD)).toMatchObject({ code: 'too_many_requests' });
    const json = { email, password: PASSWORD };
    expect((await server.call('POST', '/api/v1/auth/login', { json })).status).toBe(200);
  });

  it('are hashed for a client so many times a minute, whatever they are for', async () => {
    const { email } = await server.signUp();
    const weak = { email: 'weak@example.com', password: 'passwordpassword' };
    for (let n = 0; n < 119; n += 1) {
      expect(await from('192.0.2.20', '/api/v1/auth/signup', weak)).toMatchObject({ code: 'weak_password' });
    }
    expect(await logIn('192.0.2.20', email, PASSWORD)).toMatchObject({ kind: 'ok' });
    const late = [
      await from('192.0.2.20', '/api/v1/auth/signup', weak),
      await logIn('192.0.2.20', email, PASSWORD),
      await from('192.0.2.20', '/broker/v1/authorize', { login: email, password: PASSWORD }),
    ];
    for (const answer of late) {
      expect(answer).toMatchObject({ kind: 'refusal', code: 'too_many_requests' });
      expect((answer as Refusal).retryAfterSeconds).toBeGreaterThan(0);
    }
    expect(await logIn('192.0.2.21', email, PASSWORD)).toMatchObject({ kind: 'ok' });
  });

  it('on this machine have no limit, where many people are tried out', () => {
    const { passwords } = createLimits(() => 0);
    expect(Array.from({ length: 1_000 }, () => passwords('127.0.0.1')).every((refusal) => refusal === null)).toBe(true);
  });

  it('can not be guessed more often by a header that tells of another client', async () => {
    const { email } = await server.signUp();
    const guess = (n: number) =>
      server.call('POST', '/api/v1/auth/login', {
        json: { email, password: 'wrong' },
        headers: { 'x-forwarded-for': `192.0.2.${n}`, forwarded: `for=192.0.2.${n}` },
      });
    for (let n = 0; n < 10; n += 1) expect((await guess(n)).status).toBe(401);
    expect((await guess(10)).status).toBe(429);
  });
});
