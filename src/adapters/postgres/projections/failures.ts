import { DatabaseError } from 'pg';

import type { RecordedEvent } from '../../../application/ports/event-store.ts';

/**
 * Classes of SQLSTATE that speak of what was written: wrong cardinality, data, integrity, check option, too large,
 * raised by a function. All others speak of the database: its state passes, and a schema that does not fit is mended for
 * every event at once. PostgreSQL manual, appendix A.
 */
const OF_WHAT_WAS_WRITTEN = new Set(['21', '22', '23', '44', '54', 'P0']);

/** Whether an error of `apply` may be the event's fault. What is no word of the database's may be a lost connection, too. */
export const mayBeOfTheEvent = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || OF_WHAT_WAS_WRITTEN.has(error.code?.slice(0, 2) ?? '');

/** Why the store can not say what an event means; null for one that can be read. */
export function unreadable(event: RecordedEvent): string | null {
  return event.unreadable === undefined ? null : describe(event.unreadable);
}

/** An error in one line, for people. */
export const describe = (error: unknown): string => (error instanceof Error ? error.message : JSON.stringify(error));
