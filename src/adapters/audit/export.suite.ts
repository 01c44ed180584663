/** Exports to test with, in memory and in files. */
import { writeFileSync } from 'node:fs';
import type { StoredEvent } from '../../application/ports/event-chain.ts';
import type { SignedHead } from '../../application/ports/heads.ts';
import { SAMPLE_LOG_NAME } from '../../../bench/audit/sample-log.ts';
import { exportLog } from './export-log.ts';
import { trustIn, type SigningKey } from './keys.ts';
import type { LogSource } from './log-source.ts';
import type { Verdict } from './verdict.ts';
import { verifyFile, type VerifyFileNeeds } from './verify-file.ts';

export function listSource(events: readonly StoredEvent[], name = SAMPLE_LOG_NAME): LogSource {
  return {
    name,
    readAfter: async (after, limit) => events.filter(({ position }) => position > after).slice(0, limit),
    hidesEvents: async () => false,
    census: null,
  };
}

/** The text of an export, as the lines it is made of. */
export async function exportLines(
  events: readonly StoredEvent[],
  heads: readonly SignedHead[],
  signer: SigningKey,
): Promise<readonly string[]> {
  let text = '';
  await exportLog({
    source: listSource(events),
    heads,
    signer,
    publicKeys: [signer.pem],
    exportedAt: '2026-01-02T00:00:00.000Z',
    write: async (more) => void (text += more),
    onProgress: () => {},
  });
  return text.split('\n').slice(0, -1);
}

export const asText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Writes a file and verifies it, trusting one key, or what `trusting` says. */
export function verifyContent(
  file: string,
  content: string | Buffer,
  signer: SigningKey,
  trusting: Partial<VerifyFileNeeds> = {},
): Promise<Verdict> {
  writeFileSync(file, content);
  const needs = { heads: null, trust: trustIn([signer.pem]), onKeys: () => {}, onProgress: () => {}, ...trusting };
  return verifyFile({ file, ...needs });
}
