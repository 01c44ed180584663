import { isIdOf } from './event-id.ts';
import { EventIdClash, type ExpectedRevision, type NewEvent, type Position, type Scope } from './event-store.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NAME = /^[\x21-\x7e]{1,255}$/;

/**
 * What every event store refuses before it touches its storage, so that all of them refuse the same things: an empty
 * batch, a stream or type that is not 1 to 255 printable ASCII characters without spaces, an id that is not a
 * lower-case UUID, data that is not JSON, an expected revision that is not a whole number from 0. Throws `TypeError`;
 * an id used twice in the batch, or one of another stream, throws `EventIdClash`.
 */
export function assertAppendable(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): void {
  if (events.length === 0) throw new TypeError('an append needs at least one event');
  if (!NAME.test(stream)) throw new TypeError(`not a stream name: ${JSON.stringify(stream)}`);
  if (typeof expected === 'number' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    throw new TypeError(`not a revision: ${expected} (an empty stream is expected as 'no-stream')`);
  }
  const ids = new Set<string>();
  for (const event of events) {
    if (!UUID.test(event.id)) throw new TypeError(`an event id is a lower-case UUID, not ${JSON.stringify(event.id)}`);
    if (!NAME.test(event.type)) throw new TypeError(`not an event type: ${JSON.stringify(event.type)}`);
    if (JSON.stringify(event.data) === undefined) throw new TypeError(`the data of event ${event.id} is not JSON`);
    if (!isIdOf(stream, event.id)) throw new EventIdClash(`event ${event.id} does not belong to ${stream}`);
    if (ids.has(event.id)) throw new EventIdClash(`event ${event.id} appears twice in one batch for ${stream}`);
    ids.add(event.id);
  }
}

/** The error of a read from a position that this store never gave. */
export function foreignPosition(position: Position): TypeError {
  return new TypeError(`not a position of this event store: ${JSON.stringify(position)}`);
}

/** Whether a subscriber with this scope wants the events of a stream. */
export function isInScope(stream: string, scope: Scope | undefined): boolean {
  if (scope === undefined) return true;
  return 'stream' in scope ? stream === scope.stream : stream.startsWith(`${scope.category}-`);
}
