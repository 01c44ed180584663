import type { EventStore } from '../../application/ports/event-store.ts';
import { createAppend } from './append.ts';
import { connect } from './connection.ts';
import { createFollow } from './follow.ts';
import { createKnowledge } from './knowledge.ts';
import { createNamespace } from './namespace.ts';
import { createReads } from './reads.ts';
import { createSend } from './send.ts';

export interface EventStoreDbOptions {
  /**
   * What the names of our streams begin with on the server, for servers that others use too. It is seen nowhere else.
   * Default: nothing, and every stream of the server is ours.
   */
  readonly prefix?: string;
  /** The time at which events are recorded, RFC 3339 in UTC, milliseconds: default the machine's clock. */
  readonly now?: () => string;
  /** How long the server may stay silent within one call, in milliseconds: default 10,000. */
  readonly timeoutMs?: number;
  /** How many event ids are kept in memory so that they need not be read before an append: default 200,000. */
  readonly mostIds?: number;
  /** Told about every failure that is retried inside: a call's first one, a subscription that broke. */
  readonly onError?: (error: unknown) => void;
}

export interface EventStoreDbStore extends EventStore {
  /** Ends all subscriptions and the connection. */
  close(): Promise<void>;
}

/**
 * The event store on EventStoreDB 23.10 or 24.10. `url` is `esdb://` for one node or `esdb+discover://` for a cluster, with
 * a name and a password or `tls=false`; `TypeError` otherwise. It connects when it is first used.
 *
 * Beside what the port says, these are thrown: `UnknownOutcome` by an append that had no answer twice, `BatchTooLarge`
 * by one above the server's limit, `StreamDeleted` and `ForeignEvent` where somebody else has been at the streams, and
 * the client's own errors, for example when access is denied.
 */
export function createEventStoreDbStore(url: string, options: EventStoreDbOptions = {}): EventStoreDbStore {
  const { timeoutMs = 10_000, mostIds = 200_000, onError = () => {} } = options;
  const { now = () => new Date().toISOString() } = options;
  const closed = new AbortController();
  const namespace = createNamespace(options.prefix ?? '');
  const connection = connect(url, { timeoutMs, onError });
  const reads = createReads(connection, namespace);
  const send = createSend(connection, namespace);
  const knowledge = createKnowledge(mostIds);
  return {
    append: createAppend({ reads, send, now, knowledge }),
    async readStream(stream, wanted = {}) {
      const events = await reads.readStream(stream, wanted);
      if (wanted.direction !== 'backwards') knowledge.learn(stream, wanted.from ?? 0, events);
      return events;
    },
    readAll: reads.readAll,
    subscribe: createFollow({ connection, namespace, onError, closed: closed.signal }),
    async close() {
      closed.abort();
      await connection.close();
    },
  };
}
