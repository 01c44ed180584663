import type { ClientBase } from 'pg';

import type { RecordedEvent } from '../../../application/ports/event-store.ts';

/** A read model. Its tables are made by a migration; its rows follow from the events and nothing else. */
export interface View {
  readonly name: string;
  /** Raised when the same events shall give other rows: the next start builds the tables anew. */
  readonly version: number;
  /** The tables this view alone writes. */
  readonly tables: readonly string[];
  /** The event types it takes note of; others never reach `apply`. */
  readonly types: readonly string[];
  /** The views whose rows `apply` reads. They stand before it in the list of views, and are rebuilt with it. */
  readonly reads?: readonly string[];
  /**
   * Changes the view's rows through `tx` only. The same events in the same order give the same rows, however they are
   * cut into calls. An error rolls all of them back.
   */
  apply(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void>;
}
