import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorEnvelope } from '../../../contracts/broker-api.ts';
import { problem } from '../../../contracts/problem.ts';
import { createAccessTokens } from '../identity/access-tokens.ts';
import type { Answered, Asked, Person } from './client.suite.ts';
import type { Route } from './route.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';
import { table } from './table.suite.ts';

let server: ServerUnderTest;
let owner: Person;
let stranger: Person;
let orderId: string;
const overfill = { cause: 'order', excess: '1' } as const;
beforeAll(async () => {
  server = await openServer();
  [owner, stranger] = [await server.trader(), await server.trader()];
  const form = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1' };
  const placed = await server.call('POST', `/broker/v1/accounts/${owner.accountId}/orders`, {
    token: owner.token,
    form,
  });
  ({ orderId } = (placed.json as { d: { orderId: string } }).d);
  await server.deskOf(owner.accountId).risk({
    type: 'ReportPositionMismatch',
    symbol: 'AAPL',
    ours: '0',
    brokers: '5',
    at: new Date().toISOString(),
  });
  await server.deskOf(owner.accountId).risk({
    type: 'RecordOverfill',
    orderId,
    symbol: 'AAPL',
    ...overfill,
    at: new Date().toISOString(),
  });
});
afterAll(() => server.close());

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = () => ({
  sub: owner.userId,
  sid: owner.userId,
  iss: 'tradsy',
  aud: 'tradsy-api',
  exp: Math.floor(Date.now() / 1000) + 900,
});
const resigned = (): string => {
  const [head, body] = owner.token.split('.');
  return `${head}.${body}.${Buffer.alloc(32).toString('base64url')}`;
};

/** Tokens that must not be taken, each made when it is needed. */
const WRONG: Readonly<Record<string, () => string>> = {
  'no token': () => '',
  garbage: () => 'Bearer garbage',
  'another scheme': () => `Basic ${owner.token}`,
  'an unsigned token': () => `Bearer ${base64({ alg: 'none', typ: 'at+jwt' })}.${base64(claims())}.`,
  'a token signed with another key': () =>
    `Bearer ${createAccessTokens(Buffer.alloc(32, 1)).issue({ userId: owner.userId, sessionId: owner.userId }).token}`,
  'a token with another signature': () => `Bearer ${resigned()}`,
  'two tokens': () => `Bearer ${owner.token} ${owner.token}`,
};

/** The owner's own names, in every place where a route takes one, with a body that would be taken. */
function request(route: Route): { readonly path: string; readonly asked: Asked } {
  const path = route.path
    .replace('{accountId}', owner.accountId)
    .replace('{orderId}', orderId)
    .replace('{id}', orderId)
    .replace('{symbol}', 'AAPL');
  const query = `?accountId=${owner.accountId}&symbols=AAPL&symbol=AAPL&instrument=AAPL`;
  const { scope, ...fields } = {
    instrument: 'AAPL',
    side: 'buy',
    type: 'market',
    qty: '2',
    disclaimerVersion: '1',
    termsVersion: '1',
    scope: { kind: 'account', accountId: owner.accountId },
    quantity: '5',
    ...overfill,
  };
  if (route.body === null) return { path: path + query, asked: {} };
  return { path: path + query, asked: route.surface === 'broker' ? { form: fields } : { json: { ...fields, scope } } };
}

const codeOf = (route: Route, answer: Answered): string =>
  route.surface === 'broker' ? errorEnvelope.parse(answer.json).refusal.code : problem.parse(answer.json).code;

const guarded = table.filter(({ auth }) => auth === 'session');

describe.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  it.each(Object.keys(WRONG))('does not answer to %s', async (wrong) => {
    const { path, asked } = request(route);
    const authorization = WRONG[wrong]?.() ?? '';
    const headers = authorization === '' ? {} : { authorization };
    const answer = await server.call(route.method, path, { ...asked, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(codeOf(route, answer)).toBe('unauthenticated');
  });

  it('does not answer to a session that has ended', async () => {
    const { sessionId } = await server.sessions.start(owner.userId);
    const { token } = server.tokens.issue({ userId: owner.userId, sessionId });
    await server.sessions.end(sessionId);
    const { path, asked } = request(route);
    const answer = await server.call(route.method, path, { ...asked, token });
    expect(answer.status).toBe(401);
    expect(codeOf(route, answer)).toBe('session_ended');
  });
});

const owned = guarded.filter(({ path, query }) => path.includes('{') || (query !== null && path.endsWith('/quotes')));

describe.each(owned.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  it('tells another user no more than of what does not exist', async () => {
    const { path, asked } = request(route);
    const events = (await server.store.readAll('', 100_000)).length;
    const theirs = await server.call(route.method, path, { ...asked, token: stranger.token });
    const unknown = '99999999-9999-4999-8999-999999999999';
    const nobodys = path.replaceAll(owner.accountId, unknown).replaceAll(orderId, unknown);
    const nothing = await server.call(route.method, nobodys, { ...asked, token: stranger.token });
    expect(codeOf(route, theirs)).toBe('not_found');
    expect(theirs.text).toBe(nothing.text);
    expect(theirs.status).toBe(nothing.status);
    expect(await server.store.readAll('', 100_000)).toHaveLength(events);
  });
});

it('only these routes answer to everybody', () => {
  const open = table.filter(({ auth }) => auth !== 'session').map(({ method, path }) => `${method} ${path}`);
  expect(open.toSorted()).toEqual([
    'GET /api/openapi.json',
    'GET /api/v1/broker-links/alpaca/callback',
    'GET /api/v1/environment',
    'GET /healthz',
    'GET /readyz',
    'POST /api/v1/auth/login',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/signup',
    'POST /broker/v1/authorize',
  ]);
});

it('the owner still has the order, and nothing was changed', async () => {
  const path = `/broker/v1/accounts/${owner.accountId}/orders`;
  const answer = await server.call('GET', path, { token: owner.token });
  expect(answer.json).toMatchObject({ s: 'ok', d: [{ id: orderId, status: 'placing', qty: 1 }] });
});
