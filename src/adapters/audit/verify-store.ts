/** Verifying a log where it lives. */
import { findHeadFault } from '../../application/audit/check-heads.ts';
import { createLogCheck } from '../../application/audit/check-log.ts';
import type { SignedHead, Trust } from '../../application/ports/heads.ts';
import { sha256 } from '../node/sha256.ts';
import { eventsOf, type LogSource } from './log-source.ts';
import { verdictAtEnd, type Verdict } from './verdict.ts';

export interface VerifyStoreNeeds {
  readonly source: LogSource;
  /** Read before the log is. */
  readonly heads: readonly SignedHead[];
  readonly trust: Trust;
  /** Told how many events have been checked so far. */
  readonly onProgress: (events: number) => void;
}

export async function verifyStore({ source, heads, trust, onProgress }: VerifyStoreNeeds): Promise<Verdict> {
  const fault = findHeadFault(heads, trust, sha256);
  if (fault !== null) return { kind: 'bad', line: null, fault };
  const check = createLogCheck(source.name, heads, sha256);
  for await (const batch of eventsOf(source)) {
    for (const event of batch) {
      const wrong = check.take(event);
      if (wrong !== null) return { kind: 'bad', line: null, fault: wrong };
    }
    onProgress(check.tally().count);
  }
  return verdictAtEnd(check, heads);
}
