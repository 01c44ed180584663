/** The audit folder: the signed heads of the log, and the public keys that prove them. */
import { join } from 'node:path';
import { createHeadFile } from '../../adapters/audit/head-file.ts';
import { publicKeysIn, publishKey, signingKey, trustIn } from '../../adapters/audit/keys.ts';
import type { SigningKey } from '../../adapters/audit/keys.ts';
import type { HeadKeeping } from '../../application/audit/keep-heads.ts';
import { AUDIT, ensureDataFolder } from '../data-folder.ts';
import type { Keys } from '../keys.ts';

export const headsFile = (folder: string): string => join(folder, 'heads.jsonl');

/** The key that signs, its public half left in the folder. Throws StartupError when the folder can not be used. */
export function openAuditFolder(folder: string, keys: Keys): SigningKey {
  ensureDataFolder(folder, AUDIT);
  const signer = signingKey(keys.heads);
  publishKey(folder, signer);
  return signer;
}

/** What `keepHeads` needs to keep the heads of the log with this name in the folder. */
export function headKeeping(folder: string, keys: Keys, logName: string): HeadKeeping {
  const signer = openAuditFolder(folder, keys);
  return { logName, heads: createHeadFile(headsFile(folder)), signer, trust: trustIn(publicKeysIn(folder)) };
}
