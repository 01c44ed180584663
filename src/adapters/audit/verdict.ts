/** What a verification found. */
import type { LogCheck, LogFault } from '../../application/audit/check-log.ts';
import type { SignedHead } from '../../application/ports/heads.ts';
import type { EventName } from '../postgres/census.ts';

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
    }
  | {
      readonly kind: 'bad';
      /** The line of the file; null for a log that is not in a file. */
      readonly line: number | null;
      readonly fault: Fault;
    };

/** The verdict on a log whose events have all been taken. */
export function verdictAtEnd(check: LogCheck, heads: readonly SignedHead[]): Verdict {
  const { count: events } = check.tally();
  const last = heads.at(-1);
  const fault = check.end() ?? (events > 0 && last === undefined ? { kind: 'nothing-signed', count: events } : null);
  if (fault !== null) return { kind: 'bad', line: null, fault };
  return {
    kind: 'ok',
    events,
    streams: check.streams(),
    heads: heads.length,
    lastSignedAt: last?.signedAt ?? null,
    unsigned: events - (last?.count ?? 0),
  };
}
