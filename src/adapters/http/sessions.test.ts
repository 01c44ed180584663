import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { session } from '../../../contracts/auth.ts';
import type { Answered } from './client.suite.ts';
import { cookieOf, PASSWORD } from './client.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

const logIn = (email: string, password: string): Promise<Answered> =>
  server.call('POST', '/api/v1/auth/login', { json: { email, password } });
const refresh = (cookie: string, headers: Readonly<Record<string, string>> = {}) =>
  server.call('POST', '/api/v1/auth/refresh', { headers: { cookie, 'x-requested-with': 'tradsy', ...headers } });

describe('signing up', () => {
  it('begins a session whose refresh token scripts can not read', async () => {
    const json = { email: 'new@example.com', password: PASSWORD };
    const answer = await server.call('POST', '/api/v1/auth/signup', { json });
    expect(answer.status).toBe(201);
    expect(session.parse(answer.json).user.email).toBe('new@example.com');
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^tradsy_refresh=[\w-]{43}; Max-Age=604800; Path=\/api\/v1\/auth; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.text).not.toContain(cookieOf(answer).split('=')[1]);
  });

  it('is refused for a taken address and a weak password', async () => {
    const { email } = await server.signUp();
    const taken = await server.call('POST', '/api/v1/auth/signup', { json: { email, password: PASSWORD } });
    expect([taken.status, taken.json]).toMatchObject([409, { code: 'email_taken' }]);
    const weak = { email: 'weak@example.com', password: 'passwordpassword' };
    expect((await server.call('POST', '/api/v1/auth/signup', { json: weak })).json).toMatchObject({
      code: 'weak_password',
    });
  });
});

describe('logging in', () => {
  it('tells an unknown address and a wrong password alike', async () => {
    const { email } = await server.signUp();
    const [wrong, unknown] = [await logIn(email, 'wrong'), await logIn('nobody@example.com', 'wrong')];
    expect(wrong.status).toBe(401);
    expect(wrong.text).toBe(unknown.text);
  });

  it('is put off after ten failures, on both surfaces, for that address only', async () => {
    const [{ email }, other] = [await server.signUp(), await server.signUp()];
    expect((await logIn(email, PASSWORD)).status).toBe(200);
    for (let n = 0; n < 10; n += 1) expect((await logIn(email, 'wrong')).status).toBe(401);
    const late = await logIn(email.toUpperCase(), PASSWORD);
    expect(late.status).toBe(429);
    expect(late.json).toMatchObject({ code: 'too_many_requests' });
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(800);
    const form = { login: email, password: PASSWORD, locale: 'en' };
    expect((await server.call('POST', '/broker/v1/authorize', { form })).json).toMatchObject({
      s: 'error',
      refusal: { code: 'too_many_requests' },
    });
    expect((await logIn(other.email, PASSWORD)).status).toBe(200);
  });
});

describe('the refresh cookie', () => {
  it('gives the next session, and a new cookie', async () => {
    const { cookie, userId } = await server.signUp();
    const answer = await refresh(cookie, { origin: `http://127.0.0.1:${server.port}` });
    expect(answer.status).toBe(200);
    expect(session.parse(answer.json).user.id).toBe(userId);
    expect(cookieOf(answer)).not.toBe(cookie);
    expect((await refresh(cookieOf(answer))).status).toBe(200);
  });

  it('is not taken from other pages, without our header, or when it is wrong', async () => {
    const { cookie } = await server.signUp();
    expect((await refresh(cookie, { 'x-requested-with': 'XMLHttpRequest' })).status).toBe(400);
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1']) {
      expect((await refresh(cookie, { origin })).json).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
    for (const wrong of [
      '',
      'tradsy_refresh=x',
      'tradsy_refresh=%zz',
      'tradsy_refresh=%00',
      'other=1; tradsy_refresh',
    ]) {
      expect((await refresh(wrong)).json).toMatchObject({ status: 401, code: 'session_ended' });
    }
    expect((await refresh(`a=b; ${cookie}; c=d`)).status).toBe(200);
  });
});

describe('logging out', () => {
  it('ends the session at once and clears the cookie', async () => {
    const { token, cookie } = await server.signUp();
    const answer = await server.call('POST', '/api/v1/auth/logout', { token });
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^tradsy_refresh=; Path=\/api\/v1\/auth; Expires=Thu, 01 Jan 1970/,
    );
    expect((await server.call('GET', '/api/v1/onboarding', { token })).json).toMatchObject({ code: 'session_ended' });
    expect((await refresh(cookie)).status).toBe(401);
  });

  it('on the Broker API does the same', async () => {
    const { email } = await server.signUp();
    const form = { login: email, password: PASSWORD, locale: 'en' };
    const answer = await server.call('POST', '/broker/v1/authorize', { form });
    expect(answer.json).toEqual({
      s: 'ok',
      d: { access_token: expect.any(String) as string, expiration: expect.any(Number) as number },
    });
    const { access_token: token, expiration } = (answer.json as { d: { access_token: string; expiration: number } }).d;
    expect(expiration - Date.now() / 1000).toBeGreaterThan(60);
    expect((await server.call('GET', '/broker/v1/accounts', { token })).json).toMatchObject({ s: 'ok' });
    expect((await server.call('POST', '/broker/v1/logout', { token })).text).toBe('{"s":"ok"}');
    expect((await server.call('GET', '/broker/v1/accounts', { token })).status).toBe(401);
  });
});
