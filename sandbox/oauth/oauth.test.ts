import { once } from 'node:events';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, type Json, bearerOf, control, startBench } from '../test-kit.ts';

const REDIRECT = 'http://127.0.0.1:5999/callback';

describe('OAuth', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.stop());

  function authorizeUrl(changes: Record<string, string> = {}): string {
    const query = {
      response_type: 'code',
      client_id: 'tradsy-sandbox',
      redirect_uri: REDIRECT,
      state: 'st"ate',
      scope: 'trading data',
      env: 'paper',
      ...changes,
    };
    return `${bench.sandbox.url}/oauth/authorize?${new URLSearchParams(query).toString()}`;
  }

  async function decide(form: Record<string, string>, changes: Record<string, string> = {}): Promise<URL> {
    const answer = await fetch(authorizeUrl(changes), {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
    });
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  }

  async function exchange(code: string, changes: Record<string, string> = {}): Promise<{ status: number; body: Json }> {
    const form = {
      grant_type: 'authorization_code',
      code,
      client_id: 'tradsy-sandbox',
      client_secret: 'tradsy-sandbox-secret',
      redirect_uri: REDIRECT,
      ...changes,
    };
    const answer = await fetch(`${bench.sandbox.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  async function newToken(form: Record<string, string> = {}): Promise<string> {
    const code = (await decide({ decision: 'approve', ...form })).searchParams.get('code') ?? '';
    return String((await exchange(code)).body['access_token']);
  }

  it('shows a page that says what it is and lets its form return to the application', async () => {
    const answer = await fetch(authorizeUrl());
    const html = await answer.text();
    expect(answer.status).toBe(200);
    expect(html).toContain('Sandbox');
    expect(html).toContain('Open a new paper account');
    expect(html).not.toMatch(/<script|src=|href=/);
    expect(answer.headers.get('content-security-policy')).toMatch(/form-action 'self' http:\/\/127\.0\.0\.1:5999/);
  });

  it('gives a code once, for exactly the client and address it was made for', async () => {
    const back = await decide({ decision: 'approve' });
    expect(back.searchParams.get('state')).toBe('st"ate');
    const code = back.searchParams.get('code') ?? '';
    const { status, body } = await exchange(code);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'scope']);
    expect(body).toMatchObject({ token_type: 'bearer', scope: 'trading data' });
    expect((await exchange(code)).status).toBe(400);
    const other = (await decide({ decision: 'approve' })).searchParams.get('code') ?? '';
    expect((await exchange(other, { redirect_uri: 'http://127.0.0.1:5999/other' })).status).toBe(400);
    expect(await exchange(other, { client_secret: 'wrong' })).toMatchObject({
      status: 401,
      body: { code: 40110000, message: 'invalid_client' },
    });
  });

  it('tells a denial and mistakes to the application, but nothing to a foreign address', async () => {
    expect((await decide({ decision: 'deny' })).searchParams.get('error')).toBe('access_denied');
    expect((await decide({ decision: 'approve' }, { response_type: 'token' })).searchParams.get('error')).toBe(
      'unsupported_response_type',
    );
    for (const changes of [{ redirect_uri: 'https://evil.example/cb' }, { client_id: 'unknown' }]) {
      expect((await fetch(authorizeUrl(changes), { redirect: 'manual' })).status).toBe(400);
    }
  });

  it('checks the addresses of a registered client exactly', async () => {
    await control(bench.sandbox.url, 'oauth-clients', {
      client_id: 'mine',
      client_secret: 's',
      redirect_uris: ['https://app.example/cb'],
    });
    expect((await fetch(authorizeUrl({ client_id: 'mine', redirect_uri: 'https://app.example/cb' }))).status).toBe(200);
    expect((await fetch(authorizeUrl({ client_id: 'mine', redirect_uri: 'https://app.example/cb/' }))).status).toBe(
      400,
    );
    expect((await fetch(authorizeUrl({ client_id: 'mine', redirect_uri: REDIRECT }))).status).toBe(400);
  });

  it('opens a new account by default or links an existing one, each token seeing only its own', async () => {
    const [first, second] = [
      bearerOf(bench.sandbox.url, await newToken()),
      bearerOf(bench.sandbox.url, await newToken()),
    ];
    const own = (await first.get('/v2/account')).body;
    expect((await second.get('/v2/account')).body['id']).not.toBe(own['id']);
    const same = bearerOf(bench.sandbox.url, await newToken({ account: String(own['id']) }));
    expect((await same.get('/v2/account')).body['id']).toBe(own['id']);
    const order = (
      await first.post('/v2/orders', { symbol: 'SPY', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' })
    ).body;
    expect((await second.get(`/v2/orders/${String(order['id'])}`)).status).toBe(404);
    expect((await same.get(`/v2/orders/${String(order['id'])}`)).status).toBe(200);
  });

  it('lets a token without the trading scope only read', async () => {
    const code = (await decide({ decision: 'approve' }, { scope: '' })).searchParams.get('code') ?? '';
    const reader = bearerOf(bench.sandbox.url, String((await exchange(code)).body['access_token']));
    expect((await reader.get('/v2/orders')).status).toBe(200);
    expect(
      (await reader.post('/v2/orders', { symbol: 'SPY', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' }))
        .status,
    ).toBe(403);
  });

  it('revokes: REST answers 401, streams are dropped and refused', async () => {
    const token = await newToken();
    const socket = new WebSocket(`${bench.sandbox.url.replace('http', 'ws')}/stream`);
    await once(socket, 'open');
    const answer = once(socket, 'message');
    socket.send(JSON.stringify({ action: 'authenticate', data: { oauth_token: token } }));
    expect(String((await answer)[0])).toContain('"authorized"');
    const closed = once(socket, 'close');
    expect(await control(bench.sandbox.url, 'revoke', { token })).toEqual({ revoked: 1, streams_dropped: 1 });
    await closed;
    expect((await bearerOf(bench.sandbox.url, token).get('/v2/account')).status).toBe(401);
  });
});
