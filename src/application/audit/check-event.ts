/** Whether an event fits behind those before it. */
import { hashOfStored, NO_HASH, type Sha256, type StoredEvent } from '../ports/event-chain.ts';
import { isIdOf } from '../ports/event-id.ts';

/** The last event of a stream that was seen. */
export type Predecessor = Pick<StoredEvent, 'revision' | 'hash'>;

export type Misfit = 'revision' | 'foreign-id' | 'hash';

/** What is wrong with an event whose predecessor in the stream is known; undefined for the first of a stream. */
export function misfit(event: StoredEvent, predecessor: Predecessor | undefined, sha256: Sha256): Misfit | null {
  if (event.revision !== (predecessor === undefined ? 0 : predecessor.revision + 1)) return 'revision';
  if (!isIdOf(event.stream, event.id)) return 'foreign-id';
  if (event.hash !== hashOfStored(predecessor?.hash ?? NO_HASH, event, sha256)) return 'hash';
  return null;
}
