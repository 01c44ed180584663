/** The streams that single views could not follow: table `quarantined_streams` (migration 0016). */
import type { ClientBase, Pool } from 'pg';

import type { RecordedEvent } from '../../../application/ports/event-store.ts';

export interface QuarantinedStream {
  readonly view: string;
  readonly stream: string;
  /** Of the first event that the view lacks. */
  readonly revision: number;
}

/** What is told of an event that failed; also one that can not be read has it. */
export type FailedEvent = Pick<RecordedEvent, 'stream' | 'revision' | 'id' | 'type'>;

/** Whether a view passes over the events of a stream. */
export type IsQuarantined = (view: string, stream: string) => boolean;

/** A view could not apply an event: from there on it passes over the event's stream, and goes on with all others. */
export class StreamQuarantined extends Error {
  override readonly name = 'StreamQuarantined';
  readonly view: string;

  constructor(view: string, { stream, revision, type }: FailedEvent, problem: string) {
    super(`the view ${view} holds nothing of ${stream} from revision ${revision} (${type}) on: ${problem}`);
    this.view = view;
  }
}

export async function readQuarantine(db: Pool | ClientBase): Promise<readonly QuarantinedStream[]> {
  const { rows } = await db.query<QuarantinedStream>({
    name: 'quarantine-read',
    text: 'select view, stream, revision from quarantined_streams order by since',
  });
  return rows;
}

export function lookup(streams: readonly Pick<QuarantinedStream, 'view' | 'stream'>[]): IsQuarantined {
  if (streams.length === 0) return () => false;
  const known = new Set(streams.map(({ view, stream }) => `${view} ${stream}`));
  return (view, stream) => known.has(`${view} ${stream}`);
}

/** Has the view pass over the event's stream from this event on. */
export async function quarantine(tx: ClientBase, view: string, event: FailedEvent, problem: string): Promise<void> {
  // Postgres text holds no NUL character.
  const kept = problem.replaceAll('\0', '');
  await tx.query(
    'insert into quarantined_streams (view, stream, revision, event_id, problem) values ($1, $2, $3, $4, $5)',
    [view, event.stream, event.revision, event.id, kept],
  );
}

export async function release(tx: ClientBase, { view, stream }: QuarantinedStream): Promise<void> {
  await tx.query('delete from quarantined_streams where view = $1 and stream = $2', [view, stream]);
}

/** The view holds the stream's events before `revision` by now. */
export async function advance(tx: ClientBase, { view, stream }: QuarantinedStream, revision: number): Promise<void> {
  const text = 'update quarantined_streams set revision = $3 where view = $1 and stream = $2';
  await tx.query(text, [view, stream, revision]);
}
