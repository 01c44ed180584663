/** The keys that heads are signed with: Ed25519 (RFC 8032), drawn from the installation's secret. */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Signer, Trust } from '../../application/ports/heads.ts';

/** What stands before a seed of 32 bytes in an Ed25519 private key's PKCS #8 form (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const CURRENT = 'public-key.pem';
const PUBLIC_KEY = /^public-key.*\.pem$/;

export interface SigningKey extends Signer {
  /** Of the public key. */
  readonly pem: string;
}

/** The key pair of a seed of 32 bytes. */
export function signingKey(seed: Buffer): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    key: fingerprint(publicKey),
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  };
}

/** Trust in these public keys, as PEM. Throws for text that is no Ed25519 public key. */
export function trustIn(pems: readonly string[]): Trust & { readonly keys: readonly string[] } {
  const keys = new Map(pems.map(readPublicKey).map((key) => [fingerprint(key), key]));
  return {
    keys: [...keys.keys()],
    has: (key) => keys.has(key),
    isSigned(key, text, signature) {
      const trusted = keys.get(key);
      if (trusted === undefined) return false;
      const bytes = Buffer.from(signature, 'base64');
      // One text for each signature: what base64 reads past, such as spaces, would be a change that nobody sees.
      return bytes.toString('base64') === signature && verify(null, Buffer.from(text), trusted, bytes);
    },
  };
}

/** Every public key of a folder, the current one first; none when the folder is missing. */
export function publicKeysIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => PUBLIC_KEY.test(name));
    const inOrder = names.sort((a, b) => Number(b === CURRENT) - Number(a === CURRENT) || (a < b ? -1 : 1));
    return inOrder.map((name) => readFileSync(join(folder, name), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The fingerprint of a folder's current public key; null when there is none. Throws for a file that is no such key. */
export function currentKeyIn(folder: string): string | null {
  const current = join(folder, CURRENT);
  return existsSync(current) ? fingerprint(readPublicKey(readFileSync(current, 'utf8'))) : null;
}

/** Leaves a signing key's public half in a folder; the one that stood there before is kept under its fingerprint. */
export function publishKey(folder: string, { key, pem }: SigningKey): void {
  const current = join(folder, CURRENT);
  const old = currentKeyIn(folder);
  if (old === key) return;
  if (old !== null) {
    renameSync(current, join(folder, `public-key-${old.slice(0, 16)}.pem`));
  }
  writeFileSync(current, pem);
}

function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 key');
  return key;
}

const fingerprint = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');
