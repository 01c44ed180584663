import { foreignPosition } from '../../application/ports/appendable.ts';
import { START, type EventMetadata, type Position, type RecordedEvent } from '../../application/ports/event-store.ts';

/** The columns of an event, in the shape of `EventRow`. */
export const EVENT_COLUMNS = `transaction_id::text, global_position, stream, revision, id, type, data, metadata, recorded_at, hash`;

export interface EventRow {
  readonly transaction_id: string;
  readonly global_position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
  readonly recorded_at: Date;
  readonly hash: string;
}

export function toRecordedEvent(row: EventRow): RecordedEvent {
  return {
    id: row.id,
    type: row.type,
    data: row.data,
    metadata: row.metadata,
    stream: row.stream,
    revision: row.revision,
    position: toPosition(row),
    recordedAt: row.recorded_at.toISOString(),
    hash: row.hash,
  };
}

const POSITION = /^(\d{20})-(\d{19})$/;

/** Both numbers at their full width, so that positions compare as strings. */
export function toPosition(row: Pick<EventRow, 'transaction_id' | 'global_position'>): Position {
  return `${row.transaction_id.padStart(20, '0')}-${row.global_position.padStart(19, '0')}`;
}

export const isPosition = (text: string): boolean => POSITION.test(text);

/**
 * The pair behind a position: transaction id and number, without leading zeros, which make Postgres read an xid8 as
 * octal. Throws `TypeError` for what is not a position.
 */
export function fromPosition(position: Position): readonly [transactionId: string, globalPosition: string] {
  if (position === START) return ['0', '0'];
  const match = POSITION.exec(position);
  if (!match) throw foreignPosition(position);
  return [String(BigInt(match[1]!)), String(BigInt(match[2]!))];
}
