/** Verifying a log where it lives. */
import { findHeadFault } from '../../application/audit/check-heads.ts';
import { createLogCheck, type LogCheck } from '../../application/audit/check-log.ts';
import type { StoredEvent } from '../../application/ports/event-chain.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { SignedHead, Trust } from '../../application/ports/heads.ts';
import { sha256 } from '../node/sha256.ts';
import { eventsOf, type LogSource } from './log-source.ts';
import { verdictAtEnd, type Fault, type Verdict } from './verdict.ts';

export interface VerifyStoreNeeds {
  readonly source: LogSource;
  /** Read before the log is. */
  readonly heads: readonly SignedHead[];
  readonly trust: Trust;
  readonly now: Clock['now'];
  /** Told how many events have been checked so far. */
  readonly onProgress: (events: number) => void;
}

export async function verifyStore({ source, heads, trust, now, onProgress }: VerifyStoreNeeds): Promise<Verdict> {
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
  const unread = await findUnread(source, check);
  return unread === null ? verdictAtEnd(check, heads, now()) : { kind: 'bad', line: null, fault: unread };
}

/** What the store holds beside the events that were read; the product may append meanwhile. */
async function findUnread(source: LogSource, check: LogCheck): Promise<Fault | null> {
  const census = await source.census?.(check.position());
  if (census === undefined) return null;
  if (census.outside !== null) return { kind: 'outside', event: census.outside };
  const { count: read } = check.tally();
  if (census.count === read) return null;
  return { kind: 'changed', read, count: census.count, event: await findUnknown(source, check) };
}

async function findUnknown(source: LogSource, check: LogCheck): Promise<StoredEvent | null> {
  for await (const batch of eventsOf(source)) {
    const unknown = batch.find(({ id, position }) => position <= check.position() && !check.knows(id));
    if (unknown !== undefined) return unknown;
  }
  return null;
}
