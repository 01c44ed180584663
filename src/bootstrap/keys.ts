import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from './startup-error.ts';

export interface Keys {
  readonly accessTokens: Buffer;
  readonly refreshTokens: Buffer;
  readonly brokerTokens: Buffer;
  /** The seed of the key pair that signs the heads of the log. */
  readonly heads: Buffer;
}

/**
 * One key for each purpose, drawn from the secret of the installation (HKDF, RFC 5869). Without a secret in the
 * settings, one is made at the first start and kept in the data folder, readable by its owner only.
 */
export function deriveKeys(secret: string | null, dataFolder: string): Keys {
  return keysOf(secret ?? keptOrMade(join(dataFolder, 'secret')));
}

/** The same of a secret that is there already; null where there is none. */
export function keptKeys(secret: string | null, dataFolder: string): Keys | null {
  const file = join(dataFolder, 'secret');
  if (secret === null && !existsSync(file)) return null;
  return keysOf(secret ?? readSecret(file));
}

function keysOf(master: string): Keys {
  const key = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', master, 'tradsy', purpose, 32));
  return {
    accessTokens: key('access tokens'),
    refreshTokens: key('refresh tokens'),
    brokerTokens: key('broker tokens'),
    heads: key('heads'),
  };
}

function keptOrMade(file: string): string {
  try {
    const made = randomBytes(48).toString('base64url');
    // `wx`: of two processes that start at once, one makes the secret and the other reads it.
    writeFileSync(file, made, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, error);
  }
  return readSecret(file);
}

function readSecret(file: string): string {
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept.length < 32) throw new Error('it is too short');
    return kept;
  } catch (error) {
    throw unusable(file, error);
  }
}

const unusable = (file: string, error: unknown): StartupError =>
  new StartupError(`the secret in ${file} can not be used: ${error instanceof Error ? error.message : String(error)}`);
