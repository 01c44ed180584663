import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorEnvelope, ok, okEmpty } from '../../../contracts/broker-api.ts';
import { problem } from '../../../contracts/problem.ts';
import { START } from '../../application/ports/event-store.ts';
import type { Answered, Asked, Person } from './client.suite.ts';
import { documentedStatuses } from './openapi.ts';
import type { Route } from './route.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';
import { table } from './table.suite.ts';

let server: ServerUnderTest;
let person: Person;
/** Up to where the events are known. */
let stored = START;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());
/** Somebody new for each route, since some of them end a session or a link. */
const asSomebodyNew = (): void =>
  beforeAll(async () => {
    person = await server.trader();
  });

/** Good values of every field, so that each request is bad in one place only. */
const GOOD: Readonly<Record<string, string>> = {
  email: 'somebody@example.com',
  login: 'somebody@example.com',
  password: 'a password of some length',
  disclaimerVersion: '1',
  termsVersion: '1',
  environment: 'paper',
  instrument: 'AAPL',
  side: 'buy',
  type: 'market',
  qty: '1',
  quantity: '5',
  symbol: 'AAPL',
  symbols: 'AAPL',
  timeframe: '1Min',
  durationType: 'day',
  tolerance: 'balanced',
  experience: 'new',
  dailyLoss: '2000',
};

const BAD_TEXTS: readonly string[] = [
  '',
  'NaN',
  '1e309',
  '-1',
  '0x10',
  '999999999999',
  'x'.repeat(5_000),
  'a\0b',
  "'; drop table users; --",
  '../../etc/passwd',
  '１２',
];
const BAD_JSON: readonly unknown[] = [null, -1, true, [], {}, '\uD800'];

const keysOf = (schema: z.ZodType | null): readonly string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
const goodOf = (schema: z.ZodType | null): Readonly<Record<string, string>> =>
  Object.fromEntries(
    keysOf(schema).flatMap((key) => {
      const good = key === 'accountId' ? person.accountId : GOOD[key];
      return good === undefined ? [] : [[key, good]];
    }),
  );

const pathOf = (route: Route, params: Readonly<Record<string, string>> = {}): string => {
  const good: Readonly<Record<string, string>> = { accountId: person.accountId, symbol: 'AAPL' };
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? good[name] ?? person.userId);
};
const queryOf = (route: Route, changes: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({ ...goodOf(route.query), ...changes }).toString();

/** Asks, and checks what holds for every answer, however bad the request. */
async function ask(route: Route, path: string, asked: Asked): Promise<Answered> {
  const [last] = (await server.store.readAll(stored, 1_000)).slice(-1);
  stored = last?.position ?? stored;
  const token = route.auth === 'session' ? person.token : undefined;
  const answer = await server.call(route.method, path, { token, ...asked });
  expect(answer.status).toBeLessThan(500);
  expect(documentedStatuses(route)).toContain(answer.status);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at \w+ \(|select |insert /);
  const refusal = refusalIn(route, answer);
  if (refusal !== null && refusal !== 'denied') {
    expect(await server.store.readAll(stored, 1)).toEqual([]);
  }
  return answer;
}

/** The code of a refusal, whose shape is checked; null for success, whose shape is checked too. */
function refusalIn({ surface, success }: Route, answer: Answered): string | null {
  if (surface === 'broker') {
    const good = success.body === null ? okEmpty.strict() : ok(success.body).strict();
    const body = z.union([good, errorEnvelope]).parse(answer.json);
    return 'refusal' in body ? body.refusal.code : null;
  }
  if (answer.status >= 400) {
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const body = problem.parse(answer.json);
    expect(body.status).toBe(answer.status);
    return body.code;
  }
  const json = answer.headers['content-type'] === 'application/json';
  if (json && success.body !== null) success.body.parse(answer.json);
  return null;
}

/** Whether a field may have the value after all. */
function takes(schema: z.ZodType | null, key: string, value: unknown): boolean {
  const field = schema instanceof z.ZodObject ? (schema.shape[key] as z.ZodType | undefined) : undefined;
  return field?.safeParse(value).success === true;
}

const bodied = table.filter(({ body }) => body !== null);

describe.each(table.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  asSomebodyNew();

  it('takes a name in the path that can not be', async () => {
    for (const name of keysOf(route.params)) {
      for (const bad of ['%zz', '%ff', '%00', '%ed%a0%80', 'x'.repeat(5_000), '..%2f..', '{}', '*', '%20']) {
        const answer = await ask(route, `${pathOf(route, { [name]: bad })}?${queryOf(route)}`, asGood(route));
        expect(['not_found', 'invalid_request']).toContain(refusalIn(route, answer));
      }
    }
  });

  it('takes a bad query', async () => {
    for (const key of keysOf(route.query)) {
      for (const bad of BAD_TEXTS) {
        await ask(route, `${pathOf(route)}?${queryOf(route, { [key]: bad })}`, asGood(route));
      }
      const twice = await ask(route, `${pathOf(route)}?${queryOf(route, { [key]: 'a' })}&${key}=b`, asGood(route));
      expect(refusalIn(route, twice)).toBe('invalid_request');
    }
    const many = Array.from({ length: 200 }, (_, n) => `k${n}=1`).join('&');
    for (const bad of ['a=%zz', 'a=%ff', '%=1', '__proto__=1', 'a=%00', many]) {
      const answer = await ask(route, `${pathOf(route)}?${queryOf(route)}&${bad}`, asGood(route));
      expect(refusalIn(route, answer)).toBe('invalid_request');
    }
  });

  it('takes a body of 2 MB', async () => {
    const body = route.surface === 'broker' ? `qty=${'1'.repeat(2_000_000)}` : JSON.stringify('x'.repeat(2_000_000));
    const headers = { 'content-type': contentType(route) };
    const answer = await ask(route, `${pathOf(route)}?${queryOf(route)}`, { body, headers });
    expect(refusalIn(route, answer)).toBe('payload_too_large');
  });
});

const contentType = ({ surface }: Route): string =>
  surface === 'broker' ? 'application/x-www-form-urlencoded' : 'application/json';

function asGood(route: Route): Asked {
  if (route.body === null) return {};
  return route.surface === 'broker' ? { form: goodOf(route.body) } : { json: goodOf(route.body) };
}

describe.each(bodied.map((route) => [`the body of ${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    asSomebodyNew();
    const address = (): string => `${pathOf(route)}?${queryOf(route)}`;
    const raw = async (body: string | Buffer, type = contentType(route), more = {}) =>
      refusalIn(route, await ask(route, address(), { body, headers: { 'content-type': type, ...more } }));

    it('may be wrong in any field', async () => {
      for (const key of keysOf(route.body)) {
        for (const bad of BAD_TEXTS) {
          const fields = { ...goodOf(route.body), [key]: bad };
          await ask(route, address(), route.surface === 'broker' ? { form: fields } : { json: fields });
        }
        if (route.surface === 'broker') continue;
        for (const bad of BAD_JSON.filter((value) => !takes(route.body, key, value))) {
          const answer = await ask(route, address(), { json: { ...goodOf(route.body), [key]: bad } });
          expect(refusalIn(route, answer)).toBe('invalid_request');
        }
      }
    });

    it('may be of another type', async () => {
      const types = ['text/plain', 'multipart/form-data; boundary=x', 'application/xml', '', 'application/jsonx'];
      for (const type of [...types, `${contentType(route)}; charset=utf-16`]) {
        expect(await raw('{"a":1}', type)).toBe('unsupported_media_type');
      }
      expect(await raw('abc', contentType(route), { 'content-encoding': 'gzip' })).toBe('unsupported_media_type');
    });

    it('may be broken', async () => {
      const broken =
        route.surface === 'broker'
          ? ['a=%zz', 'a=%ff', 'qty=1&qty=2', '__proto__=1', 'side=%00', 'a=%ed%a0%80', 'k=1&'.repeat(150)]
          : ['{', '[]', '"text"', '1e309', 'null', '{"__proto__":{"a":1}}', '{"a":"\\u0000"}', '['.repeat(30_000)];
      for (const body of [...broken, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])]) {
        expect(await raw(body)).toBe('invalid_request');
      }
    });
  },
);

it('leaves nothing in the log for people to look at', () => {
  expect(server.logged).toEqual([]);
});

describe('an address that is not in the table', () => {
  it('is not found, in the surface’s own shape', async () => {
    for (const path of ['/api', '/api/v1/nothing', '/api/v1/onboarding/', '/API/v1/onboarding', '/api/%zz']) {
      const answer = await server.call('GET', path, { headers: { accept: 'application/json' } });
      if (path.startsWith('/api')) expect([400, 404]).toContain(problem.parse(answer.json).status);
      else expect(answer.status).toBe(404);
    }
    for (const path of ['/broker', '/broker/v1/nothing', '/broker/v1/config/', '/broker/%zz']) {
      const answer = await server.call('GET', path);
      expect(answer.status).toBe(200);
      expect(['not_found', 'invalid_request']).toContain(errorEnvelope.parse(answer.json).refusal.code);
    }
  });

  it('does not know other methods than those of the table', async () => {
    for (const path of new Set(table.map((route) => route.path))) {
      const ofPath = table.filter((route) => route.path === path);
      const route = ofPath[0];
      if (route === undefined) throw new Error('no route');
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
        if (ofPath.some((each) => each.method === method)) continue;
        const answer = await server.call(method, pathOf(route));
        expect(answer.headers.allow).toContain(route.method);
        if (route.surface === 'broker') expect(answer.json).toMatchObject({ refusal: { code: 'method_not_allowed' } });
        else expect(problem.parse(answer.json).status).toBe(405);
      }
    }
  });
});
