import type { Filter, ResolvedEvent } from '@eventstore/db-client';

import type { Connection } from './connection.ts';
import type { LogPosition } from './position.ts';

/** One subscription, as long as it lasts. */
export interface Inbox {
  /**
   * What has arrived, at least one event: waits for the first, never for a second. Empty when `signal` has aborted. Throws
   * when the subscription has ended, in whatever way, and everything that arrived before was taken.
   */
  take(signal: AbortSignal): Promise<readonly ResolvedEvent[]>;
  close(): void;
}

/** How much is taken at once, and how much is kept before the server has to wait. */
const BATCH = 500;

/** Subscribes to the total order, strictly after a place. */
export function openInbox(
  { client, common, timeoutMs }: Connection,
  fromPosition: LogPosition | 'start',
  filter: Filter,
): Inbox {
  const source = client.subscribeToAll({ fromPosition, filter, ...common }, { highWaterMark: BATCH });
  let failure: Error | undefined;
  let wake = (): void => {};
  const end = (error: Error): void => {
    clearTimeout(unconfirmed);
    failure ??= error;
    wake();
  };
  const unconfirmed = setTimeout(
    () => end(new Error(`EventStoreDB did not confirm a subscription within ${timeoutMs} ms`)),
    timeoutMs,
  );
  source
    .on('confirmation', () => clearTimeout(unconfirmed))
    .on('readable', () => wake())
    .on('error', end)
    // The server ends a subscription without an error when it goes down in good order.
    .on('end', () => end(new Error('EventStoreDB ended a subscription')));

  function arrived(): readonly ResolvedEvent[] {
    const events: ResolvedEvent[] = [];
    while (events.length < BATCH) {
      const event = source.read() as ResolvedEvent | null;
      if (event === null) break;
      events.push(event);
    }
    return events;
  }

  return {
    async take(signal) {
      const aborted = (): void => wake();
      signal.addEventListener('abort', aborted);
      try {
        while (!signal.aborted) {
          const woken = new Promise<void>((resolve) => {
            wake = resolve;
          });
          const events = arrived();
          if (events.length > 0) return events;
          if (failure !== undefined) throw failure;
          await woken;
        }
        return [];
      } finally {
        signal.removeEventListener('abort', aborted);
      }
    },
    close() {
      clearTimeout(unconfirmed);
      source.unsubscribe().catch(() => {});
    },
  };
}
