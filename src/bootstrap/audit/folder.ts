/** The audit folder: the signed heads of the log, and the public keys that prove them. */
import { join } from 'node:path';
import { createHeadFile } from '../../adapters/audit/head-file.ts';
import { currentKeyIn, publicKeysIn, publishKey, signingKey, trustIn } from '../../adapters/audit/keys.ts';
import type { SigningKey } from '../../adapters/audit/keys.ts';
import type { HeadKeeping } from '../../application/audit/keep-heads.ts';
import { AUDIT, ensureDataFolder } from '../data-folder.ts';
import type { Keys } from '../keys.ts';
import { StartupError } from '../startup-error.ts';

export const headsFile = (folder: string): string => join(folder, 'heads.jsonl');

/** The key that signs, its public half left in the folder. Throws StartupError when the folder can not be used. */
export function openAuditFolder(folder: string, keys: Keys): SigningKey {
  ensureDataFolder(folder, AUDIT);
  const signer = signingKey(keys.heads);
  publishKey(folder, signer);
  return signer;
}

/**
 * The key that the folder names as the one that signs now. Changes nothing: who only reads a log must not make a key that is
 * trusted from then on. Throws StartupError when the secret is missing or another one.
 */
export function currentSigner(folder: string, keys: Keys | null): SigningKey {
  if (keys === null) {
    throw new StartupError(
      'there is no secret to sign with: set TRADSY_SECRET, or TRADSY_DATA to the folder that has it',
    );
  }
  const signer = signingKey(keys.heads);
  if (currentKey(folder) !== signer.key) {
    throw new StartupError(
      `the secret is not the one of the public key in ${folder}: set TRADSY_SECRET, or TRADSY_AUDIT`,
    );
  }
  return signer;
}

function currentKey(folder: string): string | null {
  try {
    return currentKeyIn(folder);
  } catch (error) {
    throw new StartupError(`the public key in ${folder} can not be used: ${(error as Error).message}`);
  }
}

/** What `keepHeads` needs to keep the heads of the log with this name in the folder. */
export function headKeeping(folder: string, keys: Keys, logName: string): HeadKeeping {
  const signer = openAuditFolder(folder, keys);
  return { logName, heads: createHeadFile(headsFile(folder)), signer, trust: trustIn(publicKeysIn(folder)) };
}
