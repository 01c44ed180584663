import { DatabaseError, type ClientBase } from 'pg';

import type { RecordedEvent } from '../../../application/ports/event-store.ts';

/**
 * Classes of SQLSTATE that speak of what was written: wrong cardinality, data, integrity, check option, too large,
 * raised by a function. All others speak of the database: its state passes, and a schema that does not fit is mended for
 * every event at once. PostgreSQL manual, appendix A.
 */
const OF_WHAT_WAS_WRITTEN = new Set(['21', '22', '23', '44', '54', 'P0']);

/** A statement got no answer from the database: the connection is broken, or silent for too long. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * The same connection, for a view's code: a statement without an answer fails with NoAnswer. The client throws plain
 * errors for it, and only where they come from tells them from those of the view itself.
 */
export function tellingNoAnswer(tx: ClientBase): ClientBase {
  const query = (...given: readonly unknown[]): Promise<unknown> =>
    (Reflect.apply(tx.query, tx, given) as Promise<unknown>).catch((error: unknown) => {
      throw error instanceof DatabaseError ? error : new NoAnswer(describe(error), { cause: error });
    });
  return Object.assign(Object.create(tx) as ClientBase, { query });
}

/** Whether an error of `apply` may be the event's fault. */
export const mayBeOfTheEvent = (error: unknown): boolean =>
  error instanceof DatabaseError
    ? OF_WHAT_WAS_WRITTEN.has(error.code?.slice(0, 2) ?? '')
    : !(error instanceof NoAnswer);

/** Why the store can not say what an event means; null for one that can be read. */
export function unreadable(event: RecordedEvent): string | null {
  return event.unreadable === undefined ? null : describe(event.unreadable);
}

/** An error in one line, for people. */
export const describe = (error: unknown): string => (error instanceof Error ? error.message : JSON.stringify(error));
