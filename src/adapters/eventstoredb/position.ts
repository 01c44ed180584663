import { foreignPosition } from '../../application/ports/appendable.ts';
import { START, type Position } from '../../application/ports/event-store.ts';

/** A place in EventStoreDB's log. Of an event, both numbers are the same. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

const POSITION = /^(\d{20})-(\d{20})$/;
const LARGEST = 2n ** 63n - 1n;

/** Both numbers at their full width, so that positions compare as strings. */
export function toPosition({ commit, prepare }: LogPosition): Position {
  return `${String(commit).padStart(20, '0')}-${String(prepare).padStart(20, '0')}`;
}

/** The place behind a position. Throws `TypeError` for what is not one. */
export function fromPosition(position: Position): LogPosition | 'start' {
  if (position === START) return 'start';
  const match = POSITION.exec(position);
  const place = { commit: BigInt(match?.[1] ?? -1), prepare: BigInt(match?.[2] ?? -1) };
  if (!match || place.commit > LARGEST || place.prepare > LARGEST) throw foreignPosition(position);
  return place;
}
