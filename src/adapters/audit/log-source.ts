import { setTimeout as wait } from 'node:timers/promises';
import { toStored, type StoredEvent } from '../../application/ports/event-chain.ts';
import type { EventStore, Position } from '../../application/ports/event-store.ts';

export interface EventName {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

/** What a store holds, whether or not readers of the total order come by it. */
export interface Census {
  /** How many events stand at or before a position. */
  readonly count: number;
  /** An event that no reader of the total order ever comes by; null when there is none. */
  readonly outside: EventName | null;
}

/** A log that can be read from end to end, in the form in which it was hashed. */
export interface LogSource {
  /** Which store it is; see `Head.log`. */
  readonly name: string;
  /** As `EventStore.readAll`. */
  readAfter(position: Position, limit: number): Promise<readonly StoredEvent[]>;
  /** Whether events are stored that `readAfter` does not give yet. */
  hidesEvents(): Promise<boolean>;
  /** Null where nothing can be stored outside of the total order. */
  readonly census: ((upTo: Position) => Promise<Census>) | null;
}

/** The log of any event store. What its own parsing hides, such as spaces between the fields of the data, is not seen. */
export const sourceOf = (name: string, store: Pick<EventStore, 'readAll'>): LogSource => ({
  name,
  readAfter: async (position, limit) => (await store.readAll(position, limit)).map(toStored),
  hidesEvents: async () => false,
  census: null,
});

/** The end of the log can not be read. */
export class EventsHidden extends Error {
  override readonly name = 'EventsHidden';

  constructor() {
    super('events are hidden behind an open transaction of the server');
  }
}

const BATCH = 2_000;
const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 30_000;

/**
 * All that a log holds, up to its end: at least what was stored when the reading began. Waits so long for hidden events,
 * and then throws EventsHidden.
 */
export async function* eventsOf(source: LogSource, patienceMs = PATIENCE_MS): AsyncGenerator<readonly StoredEvent[]> {
  let position: Position = '';
  // Asked before the read that finds nothing: what is shown between the two would be missed the other way round.
  let isEnd = false;
  let hiddenSince: number | null = null;
  for (;;) {
    const batch = await source.readAfter(position, BATCH);
    const last = batch.at(-1);
    if (last !== undefined) {
      position = last.position;
      yield batch;
      continue;
    }
    if (isEnd) return;
    isEnd = !(await source.hidesEvents());
    if (isEnd) continue;
    hiddenSince ??= performance.now();
    if (performance.now() - hiddenSince >= patienceMs) throw new EventsHidden();
    await wait(LOOK_AGAIN_MS);
  }
}
