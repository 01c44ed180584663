import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { alpacaAt } from '../../../test/adapters/alpaca-setup.ts';
import { type RawAnswer, deadPort, json, serveRaw } from '../../../test/adapters/raw-server.ts';
import { ALPACA_TIMES } from './config.ts';

async function serving(answer: RawAnswer) {
  const server = await serveRaw(answer);
  const { authorization } = alpacaAt(server.url, { times: { ...ALPACA_TIMES, change: 200 } });
  return { authorization, received: server.received };
}

describe('being let in by a trader', () => {
  it('begins on the page of the broker', () => {
    const { authorization } = alpacaAt('http://broker');
    const url = new URL(authorization.authorizeUrl({ state: 'a b&c', environment: 'paper' }));
    expect(url.origin + url.pathname).toBe('http://broker/oauth/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'tradsy-sandbox',
      redirect_uri: 'http://127.0.0.1:3000/callback',
      scope: 'trading',
      state: 'a b&c',
      env: 'paper',
    });
  });

  it('turns the code into a token with one form', async () => {
    const { authorization, received } = await serving((r) =>
      json(r, 200, { access_token: 'token-9', token_type: 'bearer', scope: 'trading' }),
    );
    expect(await authorization.exchange('code-1')).toEqual({ kind: 'granted', token: 'token-9' });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: 'POST',
      path: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(Object.fromEntries(new URLSearchParams(received[0]?.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'code-1',
      client_id: 'tradsy-sandbox',
      client_secret: 'tradsy-sandbox-secret',
      redirect_uri: 'http://127.0.0.1:3000/callback',
    });
  });

  it.each<[string, (response: ServerResponse) => void, object]>([
    [
      'a wrong client',
      (r) => json(r, 401, { code: 40110000, message: 'invalid_client' }),
      { kind: 'refused', reason: 'invalid_client' },
    ],
    [
      'a used code',
      (r) => json(r, 400, { error: 'invalid_grant', error_description: 'code is used' }),
      { kind: 'refused', reason: 'code is used' },
    ],
    ['a fault of the broker', (r) => json(r, 500, { message: 'internal' }), { kind: 'unknown' }],
    ['a page', (r) => r.writeHead(403).end('<html>'), { kind: 'unknown' }],
    ['a redirect', (r) => r.writeHead(302, { Location: '/x' }).end(), { kind: 'unknown' }],
    ['a success without a token', (r) => json(r, 200, {}), { kind: 'unknown' }],
    ['a reset', (r) => r.socket?.resetAndDestroy(), { kind: 'unknown' }],
    ['silence', () => undefined, { kind: 'unknown' }],
  ])('says what came of %s', async (_name, answer, expected) => {
    const { authorization, received } = await serving(answer);
    expect(await authorization.exchange('code-1')).toMatchObject(expected);
    expect(received).toHaveLength(1);
  });

  it('says when nobody was there', async () => {
    const { authorization } = alpacaAt(`http://127.0.0.1:${await deadPort()}`);
    expect(await authorization.exchange('code-1')).toMatchObject({ kind: 'unknown' });
  });
});
