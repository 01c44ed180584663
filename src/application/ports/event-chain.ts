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

/** An event as a store keeps it: data and metadata are the very text that was written. */
export interface StoredEvent extends Omit<RecordedEvent, 'data' | 'metadata'> {
  readonly data: string;
  readonly metadata: string;
}

/** The stored form of an event that a store gave back parsed. */
export const toStored = (event: RecordedEvent): StoredEvent => ({
  ...event,
  data: JSON.stringify(event.data),
  metadata: JSON.stringify(event.metadata),
});

/** The hash of an event whose predecessor in the stream has the hash `previous`. */
export function hashOf(previous: string, event: Hashed, sha256: Sha256): string {
  const text = { data: JSON.stringify(event.data), metadata: JSON.stringify(event.metadata) };
  return hashOfStored(previous, { ...event, ...text }, sha256);
}

/** As `hashOf`, over the text itself: it sees what parsing hides, such as spaces or a key that stands there twice. */
export function hashOfStored(
  previous: string,
  { stream, revision, id, type, recordedAt, data, metadata }: Omit<StoredEvent, 'hash' | 'position'>,
  sha256: Sha256,
): string {
  return sha256(`${previous}\n${stream}\n${revision}\n${id}\n${type}\n${recordedAt}\n${data}\n${metadata}`);
}
