import { hashOf } from '../../application/ports/event-chain.ts';
import type { NewEvent } from '../../application/ports/event-store.ts';
import { sha256 } from '../node/sha256.ts';
import type { Chained } from './records.ts';

/** The last event of a stream, as far as the next one depends on it. */
export interface Head {
  readonly revision: number;
  readonly hash: string;
}

/** New events as they follow a stream's head. */
export function chainTo(
  head: Head,
  stream: string,
  recordedAt: string,
  events: readonly NewEvent[],
): readonly Chained[] {
  let previous = head.hash;
  return events.map((event, index) => {
    const facts = { ...event, stream, revision: head.revision + 1 + index, recordedAt };
    previous = hashOf(previous, facts, sha256);
    return { ...facts, hash: previous };
  });
}

/** Whether an event follows a stream's head, by its revision and by its hash. */
export const follows = (head: Head, event: Chained): boolean =>
  event.revision === head.revision + 1 && event.hash === hashOf(head.hash, event, sha256);
