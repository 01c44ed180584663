import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { crashPoints } from './crash-points.ts';
import { AUDIT, ensureDataFolder } from './data-folder.ts';
import { deriveKeys } from './keys.ts';
import { StartupError } from './startup-error.ts';

const read = (env: Record<string, string>) => readConfig(env, '/home/tradsy');
const alpaca = { ALPACA_CLIENT_ID: 'i', ALPACA_CLIENT_SECRET: 's', ALPACA_KEY_ID: 'k', ALPACA_SECRET_KEY: 'sk' };

describe('settings', () => {
  it('have defaults for everything', () => {
    expect(read({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataFolder: '/home/tradsy/.tradsy',
      auditFolder: '/home/tradsy/.tradsy/audit',
      databaseUrl: null,
      broker: { kind: 'sandbox', settings: {} },
      requestsAMinute: { account: 190, house: 190 },
    });
    expect(read({ PORT: '', DATABASE_URL: '' })).toEqual(read({}));
  });

  it('keep the signed heads in the data folder, or where they are told to', () => {
    expect(read({ TRADSY_DATA: '/data' }).auditFolder).toBe('/data/audit');
    expect(read({ TRADSY_AUDIT: 'elsewhere' }).auditFolder).toBe('/home/tradsy/elsewhere');
  });

  it('are passed on to the sandbox', () => {
    expect(read({ SANDBOX_BARS: 'bars', SANDBOX_SPEED: '60' }).broker).toEqual({
      kind: 'sandbox',
      settings: { SANDBOX_BARS: '/home/tradsy/bars', SANDBOX_SPEED: '60' },
    });
  });

  it.each([
    [{ PORT: 'many' }, /PORT/],
    [{ PORT: '70000' }, /PORT/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
    [{ EVENTSTOREDB_URL: 'http://x' }, /EVENTSTOREDB_URL must begin with esdb/],
    [{ SANDBOX_SPEED: '-1' }, /SANDBOX_SPEED/],
    [{ SANDBOX_START: 'noon' }, /SANDBOX_START/],
    [{ TRADSY_SECRET: 'short' }, /TRADSY_SECRET/],
    [{ ALPACA_REQUESTS_A_MINUTE: '9' }, /ALPACA_REQUESTS_A_MINUTE/],
    [{ ALPACA_HOUSE_REQUESTS_A_MINUTE: 'all' }, /ALPACA_HOUSE_REQUESTS_A_MINUTE/],
    [{ ALPACA_CLIENT_ID: 'i' }, /ALPACA_CLIENT_SECRET, ALPACA_KEY_ID, ALPACA_SECRET_KEY/],
  ])('that are wrong are named: %j', (env, words) => {
    expect(() => read(env as Record<string, string>)).toThrow(words);
    expect(() => read(env as Record<string, string>)).toThrow(StartupError);
  });

  it('that are unsafe are refused in production, all at once', () => {
    expect(() => read({ NODE_ENV: 'production', TRADSY_CRASH_AT: 'before-claim' })).toThrow(
      /ALPACA_.*DATABASE_URL.*PUBLIC_URL.*TRADSY_SECRET.*TRADSY_CRASH_AT/,
    );
    const safe = {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://db/tradsy',
      PUBLIC_URL: 'https://tradsy.example',
      TRADSY_SECRET: 'x'.repeat(32),
      ...alpaca,
    };
    expect(read(safe)).toMatchObject({ production: true, broker: { kind: 'alpaca' } });
  });
});

describe('the data folder', () => {
  it('is made, and an impossible one is told in one line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tradsy-config-'));
    try {
      ensureDataFolder(join(folder, 'a', 'b'));
      expect(statSync(join(folder, 'a', 'b')).isDirectory()).toBe(true);
      writeFileSync(join(folder, 'file'), '');
      expect(() => ensureDataFolder(join(folder, 'file', 'below'))).toThrow(StartupError);
      expect(() => ensureDataFolder('/proc/tradsy/data')).toThrow(/TRADSY_DATA/);
      expect(() => ensureDataFolder('/proc/tradsy/audit', AUDIT)).toThrow(/audit folder .* TRADSY_AUDIT/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps one secret, for its owner only', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tradsy-keys-'));
    try {
      const keys = deriveKeys(null, folder);
      expect(deriveKeys(null, folder)).toEqual(keys);
      expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
      expect(keys.accessTokens.equals(keys.brokerTokens)).toBe(false);
      expect(deriveKeys('x'.repeat(32), folder)).not.toEqual(keys);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('crash points must exist', () => {
  expect(() => crashPoints('nowhere')).toThrow(/before-claim/);
  expect(() => crashPoints(null)('before-claim')).not.toThrow();
  expect(() => crashPoints('before-claim:2')('before-claim')).not.toThrow();
});
