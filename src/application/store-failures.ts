/** Failures of an event store in the port's own word, so that those above can tell them from faults of their own. */
import { EventIdClash, StoreFailed, UnreadableEvent, type EventStore } from './ports/event-store.ts';

/** The same store; whatever it throws but what the port names is a `StoreFailed`. */
export function withNamedFailures(store: EventStore): EventStore {
  return {
    append: (stream, expected, events) => named(store.append(stream, expected, events)),
    readStream: (stream, options) => named(store.readStream(stream, options)),
    readAll: (after, limit) => named(store.readAll(after, limit)),
    subscribe: (after, signal, scope) => store.subscribe(after, signal, scope),
  };
}

async function named<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TypeError || error instanceof EventIdClash || error instanceof UnreadableEvent) throw error;
    throw new StoreFailed(String(error), { cause: error });
  }
}
