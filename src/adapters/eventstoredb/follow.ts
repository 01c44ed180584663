import { setTimeout as sleep } from 'node:timers/promises';

import { isInScope } from '../../application/ports/appendable.ts';
import type { EventStore, RecordedEvent } from '../../application/ports/event-store.ts';
import type { Connection } from './connection.ts';
import { openInbox } from './inbox.ts';
import type { Namespace } from './namespace.ts';
import { fromPosition, toPosition } from './position.ts';
import { toRecordedEvent } from './records.ts';

export interface FollowNeeds {
  readonly connection: Connection;
  readonly namespace: Namespace;
  readonly onError: (error: unknown) => void;
  /** Ends all subscriptions. */
  readonly closed: AbortSignal;
}

const RETRY_MS = { first: 50, longest: 2_000 };

/**
 * Follows the total order by one subscription after another: each goes on after the last event that the one before
 * has brought, so nothing is missed and nothing comes twice, however often it breaks.
 */
export function createFollow({ connection, namespace, onError, closed }: FollowNeeds): EventStore['subscribe'] {
  return async function* follow(after, stop, scope): AsyncGenerator<readonly RecordedEvent[]> {
    const signal = AbortSignal.any([stop, closed]);
    let place = fromPosition(after);
    let retryMs = RETRY_MS.first;
    while (!signal.aborted) {
      const inbox = openInbox(connection, place, namespace.filter(scope));
      try {
        for (;;) {
          const arrived = await inbox.take(signal);
          if (signal.aborted) return;
          const seen = place;
          const wanted = arrived
            .map((resolved) => toRecordedEvent(resolved, namespace))
            .filter((event) => event !== null)
            .filter(({ stream, position }) => isInScope(stream, scope) && isAfter(position, seen));
          place = arrived.at(-1)?.event?.position ?? place;
          retryMs = RETRY_MS.first;
          if (wanted.length > 0) yield wanted;
        }
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
      } finally {
        inbox.close();
      }
      await sleep(retryMs, undefined, { signal }).catch(() => {});
      retryMs = Math.min(retryMs * 2, RETRY_MS.longest);
    }
  };
}

const isAfter = (position: string, place: ReturnType<typeof fromPosition>): boolean =>
  place === 'start' || position > toPosition(place);
