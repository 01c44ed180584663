/**
 * The chain of a stream's events: each hash covers the event and the hash before it, so that no event can be changed,
 * removed or put in without changing every later hash of its stream.
 *
 * The bytes are lines of text. Data and metadata are the text that `JSON.stringify` wrote: stores keep it to the letter,
 * and parsing and writing it again gives the same text.
 */
import type { RecordedEvent } from './event-store.ts';

/** SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. */
export type Sha256 = (text: string) => string;

/** What the first event of a stream has before it. */
export const NO_HASH = '0'.repeat(64);

export type Hashed = Omit<RecordedEvent, 'hash' | 'position'>;

/** The hash of an event whose predecessor in the stream has the hash `previous`. */
export function hashOf(previous: string, event: Hashed, sha256: Sha256): string {
  return sha256(
    [
      previous,
      event.stream,
      event.revision,
      event.id,
      event.type,
      event.recordedAt,
      JSON.stringify(event.data),
      JSON.stringify(event.metadata),
    ].join('\n'),
  );
}
