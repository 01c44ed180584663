import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publicKeysIn, publishKey, signingKey, trustIn } from './keys.ts';

const [first, second] = [signingKey(Buffer.alloc(32, 1)), signingKey(Buffer.alloc(32, 2))];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradsy-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('signs as RFC 8032 says', () => {
  // Section 7.1, test 1: this seed, the empty message.
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  expect(Buffer.from(signingKey(seed).sign(''), 'base64').toString('hex')).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
});

it('trusts what was signed with a trusted key, to the letter', () => {
  const trust = trustIn([first.pem]);
  const signature = first.sign('text');
  expect(trust.isSigned(first.key, 'text', signature)).toBe(true);
  expect(trust.isSigned(first.key, 'Text', signature)).toBe(false);
  expect(trust.isSigned(first.key, 'text', ` ${signature}`)).toBe(false);
  expect(trust.isSigned(first.key, 'text', second.sign('text'))).toBe(false);
  expect(trust.isSigned(second.key, 'text', second.sign('text'))).toBe(false);
  expect([trust.has(first.key), trust.has(second.key)]).toEqual([true, false]);
});

it('refuses what is no public key', () => {
  expect(() => trustIn(['nothing'])).toThrow();
});

it('leaves the public key in the folder, and keeps those before it', () => {
  expect(publicKeysIn(join(folder, 'missing'))).toEqual([]);
  publishKey(folder, first);
  publishKey(folder, first);
  expect(readdirSync(folder)).toEqual(['public-key.pem']);
  publishKey(folder, second);
  expect(readFileSync(join(folder, 'public-key.pem'), 'utf8')).toBe(second.pem);
  expect(publicKeysIn(folder)).toEqual([second.pem, first.pem]);
  // Back again: each is there once.
  publishKey(folder, first);
  expect(new Set(publicKeysIn(folder))).toEqual(new Set([first.pem, second.pem]));
});
