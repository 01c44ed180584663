import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from './access-tokens.ts';
import { createPasswords } from './passwords.ts';
import { createSecrets } from './secrets.ts';

describe('access tokens', () => {
  const key = randomBytes(32);
  const tokens = createAccessTokens(key);
  const claims = { userId: randomUUID(), sessionId: randomUUID() };
  const payload = { sub: claims.userId, sid: claims.sessionId };
  const good = {
    algorithm: 'HS256',
    issuer: 'tradsy',
    audience: 'tradsy-api',
    expiresIn: 60,
    header: { alg: 'HS256', typ: 'at+jwt' },
  } as const;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('are read back, and tell when they end', () => {
    const { token, expiresAt } = tokens.issue(claims);
    expect(tokens.read(token)).toEqual(claims);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(14 * 60_000);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['not a token', 'a.b.c'],
    ['another key', jwt.sign(payload, randomBytes(32), good)],
    [
      'no algorithm',
      `${part({ alg: 'none', typ: 'at+jwt' })}.${part({ ...payload, iss: 'tradsy', aud: 'tradsy-api', exp: 9e9 })}.`,
    ],
    [
      'another algorithm',
      jwt.sign(payload, key, { ...good, algorithm: 'HS512', header: { alg: 'HS512', typ: 'at+jwt' } }),
    ],
    ['another type', jwt.sign(payload, key, { ...good, header: { alg: 'HS256', typ: 'JWT' } })],
    ['another issuer', jwt.sign(payload, key, { ...good, issuer: 'someone' })],
    ['another audience', jwt.sign(payload, key, { ...good, audience: 'someone' })],
    ['run out', jwt.sign(payload, key, { ...good, expiresIn: -1 })],
    ['no session', jwt.sign({ sub: claims.userId }, key, good)],
    ['no user', jwt.sign({ sid: claims.sessionId, sub: 'admin' }, key, good)],
    [
      'endless',
      jwt.sign(payload, key, { algorithm: 'HS256', issuer: 'tradsy', audience: 'tradsy-api', header: good.header }),
    ],
  ])('with %s are not taken', (_name, token) => {
    expect(tokens.read(token)).toBeNull();
  });

  it('with changed claims are not taken', () => {
    const [header = '', , signature = ''] = tokens.issue(claims).token.split('.');
    const other = part({ ...payload, sub: randomUUID(), iss: 'tradsy', aud: 'tradsy-api', exp: 9e9 });
    expect(tokens.read(`${header}.${other}.${signature}`)).toBeNull();
    const mac = createHmac('sha256', 'guessed').update(`${header}.${other}`).digest('base64url');
    expect(tokens.read(`${header}.${other}.${mac}`)).toBeNull();
  });
});

describe('secrets', () => {
  const secrets = createSecrets(randomBytes(32));

  it('open in their own context only', () => {
    const sealed = secrets.seal('a broker token', 'user 1');
    expect(secrets.open(sealed, 'user 1')).toBe('a broker token');
    expect(() => secrets.open(sealed, 'user 2')).toThrow();
    expect(() => createSecrets(randomBytes(32)).open(sealed, 'user 1')).toThrow();
    expect(sealed).not.toContain('broker');
    expect(secrets.seal('a broker token', 'user 1')).not.toBe(sealed);
  });

  it('do not open when a byte was changed, or with a short tag', () => {
    const [version = '', nonce = '', body = '', tag = ''] = secrets.seal('a broker token', 'c').split('.');
    const flipped = Buffer.from(body, 'base64url');
    flipped[0] = (flipped[0] as number) ^ 1;
    expect(() => secrets.open([version, nonce, flipped.toString('base64url'), tag].join('.'), 'c')).toThrow();
    for (const bytes of [4, 8, 12, 15]) {
      const short = Buffer.from(tag, 'base64url').subarray(0, bytes).toString('base64url');
      expect(() => secrets.open([version, nonce, body, short].join('.'), 'c')).toThrow();
    }
    expect(() => secrets.open(['v2', nonce, body, tag].join('.'), 'c')).toThrow();
  });
});

describe('passwords', () => {
  const passwords = createPasswords();
  it('match their own hash only', async () => {
    const hash = await passwords.hash('a long walk by the river');
    expect(hash.startsWith('$argon2id$')).toBe(true);
    expect(await passwords.matches('a long walk by the river', hash)).toBe(true);
    expect(await passwords.matches('a long walk by the sea', hash)).toBe(false);
    expect(await passwords.matches('anything', null)).toBe(false);
  });
  it('are refused when too many wait', async () => {
    const all = await Promise.allSettled(Array.from({ length: 110 }, () => createOnce()));
    expect(all.filter((each) => each.status === 'rejected')).toHaveLength(10);
    function createOnce() {
      return passwords.matches('x', null);
    }
  }, 60_000);
});
