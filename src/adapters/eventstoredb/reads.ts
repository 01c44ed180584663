import {
  BACKWARDS,
  END,
  FORWARDS,
  StreamDeletedError,
  StreamNotFoundError,
  type ResolvedEvent,
} from '@eventstore/db-client';

import { type Position, type ReadStreamOptions, type RecordedEvent } from '../../application/ports/event-store.ts';
import type { Connection } from './connection.ts';
import { ForeignEvent, StreamDeleted } from './errors.ts';
import type { Namespace } from './namespace.ts';
import { fromPosition, type LogPosition } from './position.ts';
import { toRecordedEvent } from './records.ts';

export interface Reads {
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;
  readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]>;
  /** The newest event of the total order; null when there is none. */
  readLast(): Promise<RecordedEvent | null>;
}

const PAGE = { smallest: 32, largest: 500 };

export function createReads(connection: Connection, namespace: Namespace): Reads {
  const { client, common, timeoutMs, ask } = connection;

  async function readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const { direction = 'forwards', limit = Number.MAX_SAFE_INTEGER } = options;
    if (limit === 0) return [];
    if (direction === 'forwards') return read(stream, FORWARDS, options.from ?? 0, limit);
    if (options.from === undefined) return read(stream, BACKWARDS, END, limit);
    // What the server gives back from behind a stream's end is promised nowhere.
    const [last] = await read(stream, BACKWARDS, END, 1);
    return last === undefined ? [] : read(stream, BACKWARDS, Math.min(options.from, last.revision), limit);
  }

  async function read(
    stream: string,
    direction: typeof FORWARDS | typeof BACKWARDS,
    from: number | typeof END,
    maxCount: number,
  ): Promise<readonly RecordedEvent[]> {
    const fromRevision = from === END ? END : BigInt(from);
    const streamId = namespace.outer(stream);
    try {
      const found = await ask(() =>
        collect(client.readStream(streamId, { direction, fromRevision, maxCount, ...common }), timeoutMs),
      );
      const events = found.map((resolved) => {
        const event = toRecordedEvent(resolved, namespace);
        if (event === null) throw new ForeignEvent(`an event of ${stream} was not written by this program`);
        return event;
      });
      if (direction === FORWARDS && events[0] !== undefined && events[0].revision !== from) {
        throw new StreamDeleted(`the beginning of stream ${stream} was cut off`);
      }
      return events;
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      if (error instanceof StreamDeletedError) throw new StreamDeleted(`stream ${stream} was deleted`);
      throw error;
    }
  }

  /** One page of the server's log from a place, that place included when it is an event's. */
  const page = (
    direction: typeof FORWARDS | typeof BACKWARDS,
    fromPosition: LogPosition | 'start' | typeof END,
    maxCount: number,
  ): Promise<readonly ResolvedEvent[]> =>
    ask(() => collect(client.readAll({ direction, fromPosition, maxCount, ...common }), timeoutMs));

  async function readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    const size = Math.min(Math.max(limit + 1, PAGE.smallest), PAGE.largest);
    let from = fromPosition(after);
    while (found.length < limit) {
      const events = await page(FORWARDS, from, size);
      for (const resolved of events) {
        const event = toRecordedEvent(resolved, namespace);
        if (event !== null && event.position > (found.at(-1)?.position ?? after)) found.push(event);
      }
      const next = events.at(-1)?.event?.position;
      if (events.length < size || next === undefined) break;
      from = next;
    }
    return found.slice(0, limit);
  }

  async function readLast(): Promise<RecordedEvent | null> {
    let from: LogPosition | typeof END = END;
    for (;;) {
      const events: readonly ResolvedEvent[] = await page(BACKWARDS, from, PAGE.largest);
      for (const resolved of events) {
        const event = toRecordedEvent(resolved, namespace);
        if (event !== null) return event;
      }
      const next = events.at(-1)?.event?.position;
      if (next === undefined) return null;
      from = next;
    }
  }

  return { readStream, readAll, readLast };
}

/** A call of the client that gives events until it ends. */
type EventSource = ReturnType<Connection['client']['readAll' | 'readStream']>;

/**
 * Everything a read gives. Throws the client's error, or one when nothing comes for `silenceMs` milliseconds: the client
 * itself would wait for ever.
 */
function collect(source: EventSource, silenceMs: number): Promise<readonly ResolvedEvent[]> {
  return new Promise((resolve, reject) => {
    const found: ResolvedEvent[] = [];
    const silence = setTimeout(() => {
      reject(new Error(`EventStoreDB was silent for ${silenceMs} ms within a read`));
      source.cancel().catch(() => {});
    }, silenceMs);
    source
      .on('data', (event: ResolvedEvent) => {
        silence.refresh();
        found.push(event);
      })
      .on('error', (error) => {
        clearTimeout(silence);
        reject(error);
      })
      .on('end', () => {
        clearTimeout(silence);
        resolve(found);
      });
  });
}
