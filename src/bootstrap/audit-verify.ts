/**
 * `npm run audit:verify`: checks the log that the settings name; with `--file FILE` an exported one, without any database.
 * `--heads FILE` and `--key FILE` name heads and public keys from elsewhere to trust instead of those that are at hand.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readHeads } from '../adapters/audit/head-file.ts';
import { publicKeysIn, trustIn } from '../adapters/audit/keys.ts';
import { BadLine } from '../adapters/audit/lines.ts';
import type { Verdict } from '../adapters/audit/verdict.ts';
import { verifyFile } from '../adapters/audit/verify-file.ts';
import { verifyStore } from '../adapters/audit/verify-store.ts';
import { systemClock } from '../adapters/node/clock-and-ids.ts';
import { verdictLine, warningLine } from '../adapters/words/audit.ts';
import type { SignedHead, Trust } from '../application/ports/heads.ts';
import { headsFile } from './audit/folder.ts';
import { openLog, orInterrupted } from './audit/open-log.ts';
import { progress, readOptions, runProgram, say } from './audit/program.ts';
import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import { StartupError } from './startup-error.ts';

/** What a file holds, or one line about why it can not be read. */
async function reading<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new StartupError(`${file} can not be read: ${error.message}`);
  }
}

const fingerprints = (keys: readonly string[]): string => keys.join(', ') || 'none';

/** The keys that were named, or those of the audit folder; null when there are none. */
async function trusted(named: readonly string[], folder: string): Promise<Trust | null> {
  const source = named.length > 0 ? named.join(', ') : folder;
  const pems = await reading(source, () =>
    named.length > 0 ? named.map((file) => readFileSync(file, 'utf8')) : publicKeysIn(folder),
  );
  if (pems.length === 0) return null;
  try {
    const trust = trustIn(pems);
    say(`trusted public keys (${source}): ${fingerprints(trust.keys)}`);
    return trust;
  } catch {
    throw new StartupError(`${source}: not an Ed25519 public key in PEM form`);
  }
}

function verifyExport(file: string, heads: readonly SignedHead[] | null, trust: Trust | null): Promise<Verdict> {
  const onKeys = (keys: readonly string[]): void => {
    if (trust !== null) return;
    say(`WARNING: no public key is at hand, so the file's own are taken: ${fingerprints(keys)}`);
    say(
      'Whoever rewrites a file can bring a key of their own: compare this fingerprint with one you know, or use --key.',
    );
  };
  return reading(file, () => verifyFile({ file, heads, trust, onKeys, onProgress: progress('checked') }));
}

async function verifyLive(
  config: Config,
  heads: readonly SignedHead[],
  trust: Trust | null,
  interrupted: AbortSignal,
): Promise<Verdict> {
  const log = await openLog(config, say);
  const needs = {
    source: log.source,
    heads,
    trust: trust ?? trustIn([]),
    now: systemClock.now,
    onProgress: progress('checked'),
  };
  try {
    return await orInterrupted(verifyStore(needs), interrupted);
  } finally {
    await log.stop();
  }
}

const OPTIONS = {
  file: { type: 'string' },
  heads: { type: 'string' },
  key: { type: 'string', multiple: true },
} as const;

await runProgram(async (interrupted) => {
  const options = readOptions(() => parseArgs({ options: OPTIONS }).values);
  const config = readConfig(process.env, process.cwd());
  const trust = await trusted(options.key ?? [], config.auditFolder);
  const kept = options.heads ?? (options.file === undefined ? headsFile(config.auditFolder) : null);
  let heads: readonly SignedHead[] | null;
  try {
    heads = kept === null ? null : await reading(kept, () => readHeads(kept));
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    console.log(`failed: ${kept}: ${error.message}`);
    return 1;
  }
  if (options.heads !== undefined && heads?.length === 0) throw new StartupError(`${options.heads} holds no heads`);
  const verdict =
    options.file === undefined
      ? await verifyLive(config, heads ?? [], trust, interrupted)
      : await orInterrupted(verifyExport(options.file, heads, trust), interrupted);
  const warning = warningLine(verdict);
  if (warning !== null) say(warning);
  console.log(verdictLine(verdict));
  return verdict.kind === 'ok' ? 0 : 1;
});
