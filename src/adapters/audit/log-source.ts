import { toStored, type StoredEvent } from '../../application/ports/event-chain.ts';
import type { EventStore, Position } from '../../application/ports/event-store.ts';

/** A log that can be read from end to end, in the form in which it was hashed. */
export interface LogSource {
  /** Which store it is; see `Head.log`. */
  readonly name: string;
  /** As `EventStore.readAll`. */
  readAfter(position: Position, limit: number): Promise<readonly StoredEvent[]>;
}

/** The log of any event store. What its own parsing hides, such as spaces between the fields of the data, is not seen. */
export const sourceOf = (name: string, store: Pick<EventStore, 'readAll'>): LogSource => ({
  name,
  readAfter: async (position, limit) => (await store.readAll(position, limit)).map(toStored),
});

const BATCH = 2_000;

/** All that a log holds, up to its end. */
export async function* eventsOf(source: LogSource): AsyncGenerator<readonly StoredEvent[]> {
  for (let position: Position = ''; ;) {
    const batch = await source.readAfter(position, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return;
    position = last.position;
    yield batch;
  }
}
