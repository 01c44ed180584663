import { eventId } from './event-id.ts';
import { START, type EventStore, type NewEvent, type Position, type RecordedEvent, type Scope } from './event-store.ts';

/** The stream of a sample for which no other is named. */
export const STREAM = 's';

/** A new event with an id of its own. */
export function sample(type = 'Noted', data: unknown = {}, stream = STREAM): NewEvent {
  return {
    id: eventId(stream, crypto.randomUUID()),
    type,
    data,
    metadata: {
      correlationId: 'correlation-1',
      causationId: null,
      actor: { kind: 'system', id: 'suite' },
      schemaVersion: 1,
    },
  };
}

export function samples(count: number, stream = STREAM): readonly NewEvent[] {
  return Array.from({ length: count }, (_, index) => sample('Noted', { index }, stream));
}

export const ids = (events: readonly NewEvent[]): readonly string[] => events.map(({ id }) => id);

/** Follows the total order, or a scope of it, until `count` events have come. Throws when they take longer than 15 s. */
export async function follow(
  store: EventStore,
  after: Position,
  count: number,
  scope?: Scope,
): Promise<RecordedEvent[]> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 15_000);
  const seen: RecordedEvent[] = [];
  for await (const batch of store.subscribe(after, limit.signal, scope)) {
    seen.push(...batch);
    if (seen.length >= count) break;
  }
  clearTimeout(timer);
  if (seen.length < count) throw new Error(`only ${seen.length} of ${count} events came within 15 s`);
  return seen;
}

/** Everything the store holds, once all `count` events can be seen. */
export const followAll = (store: EventStore, count: number): Promise<RecordedEvent[]> => follow(store, START, count);

/** Appends without a guard and gives the position; throws on a conflict, which `any` never has. */
export async function put(store: EventStore, stream: string, events: readonly NewEvent[]): Promise<Position> {
  const result = await store.append(stream, 'any', events);
  if (result.kind === 'conflict') throw new Error(`an unguarded append to ${stream} met a conflict`);
  return result.position;
}
