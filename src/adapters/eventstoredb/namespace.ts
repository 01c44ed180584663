import { excludeSystemEvents, streamNameFilter, type Filter } from '@eventstore/db-client';

import type { Scope } from '../../application/ports/event-store.ts';

/** Which of a server's streams are ours: those whose names begin with a prefix. */
export interface Namespace {
  /** The server's name of a stream of ours. Throws `TypeError` for one that the server keeps for itself. */
  outer(stream: string): string;
  /** Our name of a server's stream; null when it is none of ours. */
  inner(streamId: string): string | null;
  /** What a subscription asks the server for. It may let more pass than the scope has, and never less. */
  filter(scope: Scope | undefined): Filter;
}

/** Streams and event types of EventStoreDB itself begin with this. */
export const SYSTEM = '$';

/** An empty prefix makes all streams ours but the server's own. */
export function createNamespace(prefix: string): Namespace {
  return {
    outer(stream) {
      const name = prefix + stream;
      if (name.startsWith(SYSTEM)) throw new TypeError(`EventStoreDB keeps streams like ${stream} for itself`);
      return name;
    },
    inner(streamId) {
      return streamId.startsWith(SYSTEM) || !streamId.startsWith(prefix) ? null : streamId.slice(prefix.length);
    },
    filter(scope) {
      if (scope === undefined) {
        return prefix === '' ? excludeSystemEvents() : streamNameFilter({ prefixes: [prefix] });
      }
      const wanted = 'stream' in scope ? scope.stream : `${scope.category}-`;
      return streamNameFilter({ prefixes: [prefix + wanted] });
    },
  };
}
