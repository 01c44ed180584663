/** What a verification found. */
import type { LogCheck, LogFault } from '../../application/audit/check-log.ts';
import type { SignedHead } from '../../application/ports/heads.ts';
import type { EventName } from './log-source.ts';

export type Fault =
  | LogFault
  /** A line of a file is not what may stand there. */
  | { readonly kind: 'line'; readonly problem: string }
  | { readonly kind: 'seal'; readonly problem: 'missing' | 'key' | 'signature' | 'content' }
  /** Streams show this event, and the total order does not. */
  | { readonly kind: 'outside'; readonly event: EventName }
  /** The log was changed behind the reading: so many were read, and so many are there; the event that was not read, if any. */
  | { readonly kind: 'changed'; readonly read: number; readonly count: number; readonly event: EventName | null }
  /** There are events, and no head. */
  | { readonly kind: 'nothing-signed'; readonly count: number };

export type Verdict =
  | {
      readonly kind: 'ok';
      readonly events: number;
      readonly streams: number;
      readonly heads: number;
      /** When the last head was signed, and how many events came after it. */
      readonly lastSignedAt: string | null;
      readonly unsigned: number;
      /** When the first of these was recorded; null when there are none. */
      readonly unsignedSince: string | null;
      /** Whether that is so long ago that nobody can be signing, although a head is due every minute. */
      readonly isSigningOverdue: boolean;
    }
  | {
      readonly kind: 'bad';
      /** The line of the file; null for a log that is not in a file. */
      readonly line: number | null;
      readonly fault: Fault;
    };

const OVERDUE_MS = 10 * 60_000;

/** The verdict on a log whose events have all been taken. `readAt`: now, or when the log was exported. */
export function verdictAtEnd(check: LogCheck, heads: readonly SignedHead[], readAt: string): Verdict {
  const { count: events } = check.tally();
  const last = heads.at(-1);
  const fault = check.end() ?? (events > 0 && last === undefined ? { kind: 'nothing-signed', count: events } : null);
  if (fault !== null) return { kind: 'bad', line: null, fault };
  const unsigned = check.unsigned();
  return {
    kind: 'ok',
    events,
    streams: check.streams(),
    heads: heads.length,
    lastSignedAt: last?.signedAt ?? null,
    unsigned: events - (last?.count ?? 0),
    unsignedSince: unsigned?.first.recordedAt ?? null,
    isSigningOverdue: unsigned !== null && isOverdue(unsigned.first.recordedAt, [unsigned.last.recordedAt, readAt]),
  };
}

const isOverdue = (since: string, seen: readonly string[]): boolean =>
  seen.some((time) => Date.parse(time) - Date.parse(since) > OVERDUE_MS);
