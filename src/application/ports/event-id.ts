/**
 * The ids of events. An id belongs to one stream and says so: its first 48 bits are the stream's mark. So every store
 * refuses it in any other stream, also one that can only look for ids within a stream.
 *
 * The shape is RFC 9562's UUID of version 8, whose bits are the application's to define.
 */

/** The id of an event of `stream`, made from any lower-case UUID: the same for the same two, every time. */
export function eventId(stream: string, uuid: string): string {
  return `${markOf(stream)}-8${uuid.slice(15)}`;
}

/** Whether an id was made for this stream. */
export const isIdOf = (stream: string, id: string): boolean => id.startsWith(`${markOf(stream)}-8`);

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** 48 bits of a stream's name as a UUID begins: FNV-1a with 64 bits (Fowler, Noll and Vo), folded. */
function markOf(stream: string): string {
  let hash = OFFSET;
  for (let index = 0; index < stream.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(stream.charCodeAt(index))) * PRIME);
  }
  const folded = (hash >> 48n) ^ BigInt.asUintN(48, hash);
  const hex = folded.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
