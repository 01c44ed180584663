import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRADINGVIEW_ORIGINS } from './needs.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
let webRoot: string;
beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'tradsy-web-'));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Tradsy</title>');
  await writeFile(join(webRoot, 'theme.js'), '1;');
  await writeFile(join(webRoot, 'assets', 'index-abc.js'), '2;');
  server = await openServer({
    settings: { publicUrl: 'https://tradsy.example', webRoot, brokerApiOrigins: TRADINGVIEW_ORIGINS },
  });
});
afterAll(async () => {
  await server.close();
  await rm(webRoot, { recursive: true });
});

const POLICY =
  "default-src 'none';script-src 'self';style-src 'self' 'unsafe-inline';connect-src 'self';img-src 'self' data:;" +
  "font-src 'self';manifest-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'";

describe('every answer', () => {
  it.each(['/', '/assets/none.js', '/api/v1/environment', '/api/none', '/broker/v1/config', '/broker/%zz', '/healthz'])(
    'of %s tells browsers what not to do',
    async (path) => {
      const { headers } = await server.call('GET', path);
      expect(headers['content-security-policy']).toBe(POLICY);
      expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-powered-by']).toBeUndefined();
      if (/^\/(api|broker)/.test(path)) expect(headers['cache-control']).toBe('no-store');
    },
  );

  it('does not insist on https where there is none', async () => {
    const plain = await openServer();
    try {
      const answer = await plain.call('GET', '/healthz');
      expect(answer.headers['strict-transport-security']).toBeUndefined();
      const signedUp = await plain.call('POST', '/api/v1/auth/signup', {
        json: { email: 'a@example.com', password: 'correct horse battery' },
      });
      expect(signedUp.headers['set-cookie']?.[0]).not.toContain('Secure');
    } finally {
      await plain.close();
    }
  });

  it('marks cookies for https, and takes the public address for our own', async () => {
    const signedUp = await server.call('POST', '/api/v1/auth/signup', {
      json: { email: 'a@example.com', password: 'correct horse battery' },
    });
    const cookie = signedUp.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/; Secure/);
    const headers = {
      cookie: cookie.split(';')[0] ?? '',
      'x-requested-with': 'tradsy',
      origin: 'https://tradsy.example',
    };
    expect((await server.call('POST', '/api/v1/auth/refresh', { headers })).status).toBe(200);
  });
});

describe('pages of other sites', () => {
  const preflight = (origin: string, path = '/broker/v1/config') =>
    server.call('OPTIONS', path, { headers: { origin, 'access-control-request-method': 'PUT' } });

  it('may call the Broker API if they are TradingView’s', async () => {
    const allowed = await preflight('https://www.tradingview.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://www.tradingview.com',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': '7200',
      vary: 'Origin',
    });
    const refused = await server.call('GET', '/broker/v1/config', {
      headers: { origin: 'https://a.b.tradingview.com' },
    });
    expect(refused.status).toBe(401);
    expect(refused.headers['access-control-allow-origin']).toBe('https://a.b.tradingview.com');
  });

  it.each([
    'https://tradingview.com.evil.example',
    'https://eviltradingview.com',
    'http://www.tradingview.com',
    'https://evil.example/.tradingview.com',
    'null',
  ])('may not if they are %s', async (origin) => {
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('may never call the Tradsy API', async () => {
    const answer = await preflight('https://www.tradingview.com', '/api/v1/onboarding');
    expect(answer.status).toBe(405);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('the web app', () => {
  const page = { headers: { accept: 'text/html' } };

  it('has one page at all addresses that are nothing else', async () => {
    for (const path of ['/', '/trade', '/orders/1/story', '/apidocs', '/login?x=%zz']) {
      const answer = await server.call('GET', path, page);
      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-cache']);
      expect(answer.text).toContain('<title>Tradsy</title>');
    }
  });

  it('has assets for ever, and other files for now', async () => {
    const asset = await server.call('GET', '/assets/index-abc.js');
    expect([asset.text, asset.headers['cache-control']]).toEqual(['2;', 'public, max-age=31536000, immutable']);
    expect((await server.call('GET', '/theme.js')).headers['cache-control']).toBe('no-cache');
    expect((await server.call('GET', '/assets/none.js', page)).status).toBe(404);
  });

  it('does not let anybody out of its folder', async () => {
    for (const path of ['/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/..%2f..%2fetc/passwd']) {
      const answer = await server.call('GET', path, { headers: { accept: 'application/json' } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    for (const path of ['/%00', '/%zz', '/%ff', '/a%00.js']) {
      const answer = await server.call('GET', path, page);
      expect([200, 400, 404]).toContain(answer.status);
      expect(answer.text).not.toMatch(/node_modules|Error:/);
    }
  });

  it('is not there for other methods, nor for who wants no page', async () => {
    expect((await server.call('POST', '/trade', page)).status).toBe(405);
    expect((await server.call('GET', '/favicon.ico', { headers: { accept: 'image/png' } })).status).toBe(404);
  });

  it('is said to be missing when it is not built', async () => {
    await rm(join(webRoot, 'index.html'));
    const answer = await server.call('GET', '/trade', page);
    expect([answer.status, answer.text]).toEqual([503, 'The web app is not built yet: run `npm run build` first.\n']);
  });
});

describe('operators', () => {
  it('learn whether it lives and is ready', async () => {
    expect((await server.call('GET', '/healthz')).json).toEqual({ alive: true });
    expect((await server.call('GET', '/readyz')).json).toEqual({ ready: true, parts: { database: 'ok' } });
    const waiting = await openServer({
      readiness: () => Promise.resolve({ ready: false, parts: { database: 'does not answer' } }),
    });
    try {
      const answer = await waiting.call('GET', '/readyz');
      expect([answer.status, answer.json]).toEqual([503, { ready: false, parts: { database: 'does not answer' } }]);
    } finally {
      await waiting.close();
    }
  });
});
