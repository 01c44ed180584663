/**
 * The event store: the system of record. Every adapter keeps the promises written here, and runs the cases of
 * `event-store.suite.ts`; nobody above this port can tell the adapters apart.
 *
 * - **Appends are atomic**: all events of one call are stored, or none.
 * - **Appends are guarded**: an expected revision that is not the stream's own is a lost race, answered with `conflict`
 *   and never half-applied.
 * - **Exactly once by event id**: appending a batch whose ids are all stored already, in that stream and in that
 *   order, succeeds again with the revision it had (`repeated: true`), whatever the expected revision says. A batch of
 *   which only some ids are known, or whose ids belong to another stream (see `event-id.ts`), throws `EventIdClash`.
 * - **An unknown outcome is an error, never an answer**: an append that throws anything but `EventIdClash` or
 *   `TypeError` may have been stored. Appending the same events again finds out, and stores them once.
 * - **One total order**: `readAll` and `subscribe` yield events in one order that never changes; a subscriber that
 *   resumes after a position misses nothing and sees nothing twice, whatever concurrent writers do.
 * - Events of one stream appear in the total order in the order of their revisions.
 * - **Every event is chained** to its predecessor in the stream, by the rule of `event-chain.ts`.
 *
 * Around every adapter stands one more layer, which knows the shapes of the events (src/adapters/stored-events): it
 * stores none that does not fit, and gives stored data as the newest version of its type has it.
 */
export interface EventStore {
  /** Appends `events` (at least one) to `stream` if the stream stands at `expected`. */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;

  /** Reads one stream; an unknown stream reads as empty. Throws `UnreadableEvent` at an event that can not be read. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;

  /** Reads the total order strictly after a position (`START` for the beginning), oldest first. */
  readAll(after: Position, limit: number): Promise<readonly RecordedEvent[]>;

  /**
   * Follows the total order, or only the streams of `scope`, from strictly after a position, for ever, in batches of at
   * least one event, until `signal` aborts (then the iteration ends without an error). It waits for the consumer: the
   * next batch is read only when the last one has been taken. A passing failure of the store is retried inside.
   *
   * An event that can not be read stands in its place here and in `readAll`, marked as `unreadable`.
   */
  subscribe(after: Position, signal: AbortSignal, scope?: Scope): AsyncIterable<readonly RecordedEvent[]>;
}

/** Whose events a subscriber wants: those of one stream, or of a category. `order-1` is of the category `order`. */
export type Scope = { readonly stream: string } | { readonly category: string };

/**
 * A place in the total order. Opaque, but positions of one store compare as strings: a later event has the
 * greater one.
 */
export type Position = string;

/** The position before the first event. */
export const START: Position = '';

/** `no-stream`: the stream must be empty. A number: the revision of its last event, counted from 0. `any`: no guard. */
export type ExpectedRevision = number | 'no-stream' | 'any';

/** Who caused an event. */
export interface Actor {
  readonly kind: 'user' | 'broker' | 'system';
  /** A user id, a broker's name, or the name of the ability that acted by itself. */
  readonly id: string;
}

export interface EventMetadata {
  /** One id for everything that follows from one request. */
  readonly correlationId: string;
  /** The id of the event that led to this one; null when a request did. */
  readonly causationId: string | null;
  readonly actor: Actor;
  /** The version of the event's stored shape, from 1. */
  readonly schemaVersion: number;
}

export interface NewEvent {
  /** The same for every try to store this event, and an id of its stream: made by `eventId`. */
  readonly id: string;
  readonly type: string;
  /** What JSON gives back: strings, safe integers, booleans, null, lists, objects. */
  readonly data: unknown;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** From 0, without holes. */
  readonly revision: number;
  readonly position: Position;
  /** When the store took it: RFC 3339, UTC, milliseconds. */
  readonly recordedAt: string;
  /** By the rule of `event-chain.ts`, over the data as it was stored: 64 hexadecimal digits. */
  readonly hash: string;
  /** Why the event can not be read, if it can not: then taking its `data` throws this. */
  readonly unreadable?: UnreadableEvent;
}

export interface ReadStreamOptions {
  /** First revision wanted: default 0 forwards, the last one backwards. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export type AppendResult =
  /** `revision` and `position` are those of the batch's last event. */
  | { readonly kind: 'appended'; readonly revision: number; readonly position: Position; readonly repeated: boolean }
  /** Nothing was stored; `actual` is the stream's revision as far as known, -1 for an empty stream. */
  | { readonly kind: 'conflict'; readonly actual: number };

/** Some of a batch's event ids are known, but not this batch as a whole in this stream: a bug or a forgery, never a retry. */
export class EventIdClash extends Error {
  override readonly name = 'EventIdClash';
}

/** `newer_version`: of a newer version of the app, as are most of `unknown_type`. `misfit`: not of its version's shape. */
/** The store can not answer now. An append that ends so may have been stored, or not. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
}

export type UnreadableReason = 'newer_version' | 'unknown_type' | 'misfit';

/**
 * A stored event that this version of the app can not read. Nobody may go on with its stream as if it were not there;
 * other streams are not concerned. The store has raised the alarm, once for the stream.
 */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly reason: UnreadableReason;

  constructor(
    { stream, revision, id, type, metadata }: Omit<RecordedEvent, 'data'>,
    reason: UnreadableReason,
    problem: string,
  ) {
    super(`event ${revision} of ${stream}, ${type} of version ${metadata.schemaVersion}, can not be read: ${problem}`);
    this.stream = stream;
    this.revision = revision;
    this.id = id;
    this.type = type;
    this.version = metadata.schemaVersion;
    this.reason = reason;
  }
}

/** What was read; undefined when that takes a stream that can not be read. For those who then go on with the others. */
export async function unlessUnreadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnreadableEvent) return undefined;
    throw error;
  }
}
