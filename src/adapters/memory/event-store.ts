import { assertAppendable, foreignPosition, isInScope } from '../../application/ports/appendable.ts';
import { hashOf, NO_HASH } from '../../application/ports/event-chain.ts';
import {
  EventIdClash,
  START,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadStreamOptions,
  type RecordedEvent,
  type Scope,
} from '../../application/ports/event-store.ts';
import { sha256 } from '../node/sha256.ts';

interface Row {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly hash: string;
  /** The data and metadata as JSON text, so that nobody's later change of an object reaches the log. */
  readonly payload: string;
}

const BATCH = 500;
const POSITION = /^\d{19}$/;

/** The event store of unit tests: everything in this process, gone with it. `now` gives RFC 3339 in UTC, milliseconds. */
export function createMemoryEventStore({ now }: { readonly now: () => string }): EventStore {
  const log: Row[] = [];
  const streams = new Map<string, Row[]>();
  const byId = new Map<string, Row>();
  const waiting = new Set<() => void>();

  async function append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    assertAppendable(stream, expected, events);
    const repeated = findRepeated(stream, events);
    if (repeated) {
      return { kind: 'appended', revision: repeated.revision, position: repeated.position, repeated: true };
    }

    const rows = streams.get(stream) ?? [];
    const actual = rows.length - 1;
    if (expected !== 'any' && actual !== (expected === 'no-stream' ? -1 : expected)) {
      return { kind: 'conflict', actual };
    }

    const recordedAt = now();
    for (const { id, type, data, metadata } of events) {
      const previous = rows.at(-1)?.hash ?? NO_HASH;
      const facts = { stream, revision: rows.length, id, type, recordedAt };
      const row: Row = {
        ...facts,
        position: String(log.length).padStart(19, '0'),
        hash: hashOf(previous, { ...facts, data, metadata }, sha256),
        payload: JSON.stringify({ data, metadata }),
      };
      log.push(row);
      rows.push(row);
      byId.set(id, row);
    }
    streams.set(stream, rows);
    for (const wake of waiting) wake();
    const { revision, position } = log.at(-1)!;
    return { kind: 'appended', revision, position, repeated: false };
  }

  /** The last row of a batch that is stored already; undefined when all of it is new. */
  function findRepeated(stream: string, events: readonly NewEvent[]): Row | undefined {
    const known = events.map(({ id }) => byId.get(id));
    if (known.every((row) => row === undefined)) return undefined;
    const first = known[0];
    const whole = known.every((row, index) => row?.stream === stream && row.revision === first!.revision + index);
    if (!whole) throw new EventIdClash(`some events of this batch for ${stream} are stored already, but not as it`);
    return known.at(-1);
  }

  async function readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const rows = streams.get(stream) ?? [];
    const { direction = 'forwards', limit = rows.length } = options;
    const from = options.from ?? (direction === 'forwards' ? 0 : rows.length - 1);
    const wanted = direction === 'forwards' ? rows.slice(from) : rows.slice(0, from + 1).reverse();
    return wanted.slice(0, limit).map(read);
  }

  async function readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const first = indexAfter(after);
    return log.slice(first, first + limit).map(read);
  }

  async function* subscribe(
    after: Position,
    signal: AbortSignal,
    scope?: Scope,
  ): AsyncGenerator<readonly RecordedEvent[]> {
    let next = indexAfter(after);
    while (!signal.aborted) {
      if (next >= log.length) {
        await appendOrAbort(signal);
        continue;
      }
      const passed = log.slice(next, next + BATCH);
      next += passed.length;
      const batch = passed.filter(({ stream }) => isInScope(stream, scope)).map(read);
      if (batch.length > 0) yield batch;
    }
  }

  function appendOrAbort(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  return { append, readStream, readAll, subscribe };
}

function indexAfter(position: Position): number {
  if (position === START) return 0;
  if (!POSITION.test(position)) throw foreignPosition(position);
  return Number(position) + 1;
}

function read({ payload, ...row }: Row): RecordedEvent {
  const { data, metadata } = JSON.parse(payload) as Pick<NewEvent, 'data' | 'metadata'>;
  return { ...row, data, metadata };
}
