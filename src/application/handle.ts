/**
 * Carrying out a command against one stream: read, decide, append at the revision read, and again when another writer
 * was faster. One handler serves every aggregate.
 */
import type { Decider } from '../domain/kernel/decider.ts';
import type { Ids } from './ports/clock-and-ids.ts';
import { eventId } from './ports/event-id.ts';
import type { Actor, EventStore, NewEvent, Position } from './ports/event-store.ts';

/** Why a command is given, kept with every event that follows from it. */
export interface Cause {
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: Actor;
}

export type Handled<Event, State, Refusal> =
  /** `events` is empty when the command was carried out before; `position` is that of the last new event. */
  | {
      readonly kind: 'done';
      readonly events: readonly Event[];
      readonly state: State;
      readonly position: Position | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly state: State };

export interface Handler<Command, Event, State, Refusal> {
  /**
   * Throws when the store fails: nothing is known to have been stored then. Throws `UnreadableEvent` when the stream holds
   * what this code can not read: nothing is decided on half a stream. `begins`: the stream is likely to be empty,
   * so it is read only if the append finds otherwise.
   */
  handle(stream: string, command: Command, cause: Cause, begins?: 'begins'): Promise<Handled<Event, State, Refusal>>;
  /** The state as stored now. */
  load(stream: string): Promise<State>;
  /** The state as last seen by this process: perhaps behind, and good for a first look only. */
  glance(stream: string): Promise<State>;
}

export interface HandlerNeeds<Type extends string> {
  readonly store: EventStore;
  readonly ids: Ids;
  /** The version in which each type of event is stored now. */
  readonly versions: Readonly<Record<Type, number>>;
}

interface Folded<State> {
  readonly state: State;
  /** Of the last event folded; -1 for none. */
  readonly revision: number;
}

/** So many lost races in a row mean that something is wrong, not that others are busy. */
const MAX_ATTEMPTS = 50;
/** Folded states kept in memory; each is only a head start for the next read. */
const MAX_CACHED = 2_000;

export function createHandler<Command, Event extends { readonly type: string; readonly data: unknown }, State, Refusal>(
  decider: Decider<Command, Event, State, Refusal>,
  { store, ids, versions }: HandlerNeeds<Event['type']>,
): Handler<Command, Event, State, Refusal> {
  const cache = new Map<string, Folded<State>>();
  const queues = new Map<string, Promise<unknown>>();

  function keep(stream: string, folded: Folded<State>): Folded<State> {
    cache.delete(stream);
    cache.set(stream, folded);
    const oldest = cache.keys().next();
    if (cache.size > MAX_CACHED && !oldest.done) cache.delete(oldest.value);
    return folded;
  }

  /** Folds what was stored since the cached state. */
  async function refresh(stream: string): Promise<Folded<State>> {
    let folded = cache.get(stream) ?? { state: decider.initial, revision: -1 };
    for (const event of await store.readStream(stream, { from: folded.revision + 1 })) {
      folded = { state: decider.evolve(folded.state, event as unknown as Event), revision: event.revision };
    }
    return keep(stream, folded);
  }

  async function attempt(
    stream: string,
    command: Command,
    cause: Cause,
    begins: boolean,
  ): Promise<Handled<Event, State, Refusal>> {
    const commandId = ids.random();
    const cached = cache.get(stream) ?? (begins ? { state: decider.initial, revision: -1 } : undefined);
    let folded = cached ?? (await refresh(stream));
    let fresh = cached === undefined;
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const decision = decider.decide(command, folded.state);
      if (decision.kind === 'refused' || decision.events.length === 0) {
        // A cached state may be behind: only the stored one can say that nothing is to be done.
        if (!fresh) {
          folded = await refresh(stream);
          fresh = true;
          continue;
        }
        return decision.kind === 'refused'
          ? { kind: 'refused', refusal: decision.refusal, state: folded.state }
          : { kind: 'done', events: [], state: folded.state, position: null };
      }
      const events = decision.events.map((event, index): NewEvent => ({
        id: eventId(stream, ids.named(`${stream}/${commandId}/${index}`)),
        type: event.type,
        data: event.data,
        metadata: { ...cause, schemaVersion: versions[event.type as Event['type']] },
      }));
      const appended = await store.append(stream, folded.revision === -1 ? 'no-stream' : folded.revision, events);
      if (appended.kind === 'appended') {
        const state = decision.events.reduce(decider.evolve, folded.state);
        keep(stream, { state, revision: appended.revision });
        return { kind: 'done', events: decision.events, state, position: appended.position };
      }
      folded = await refresh(stream);
      fresh = true;
    }
    throw new Error(`stream ${stream}: lost the race ${MAX_ATTEMPTS} times in a row`);
  }

  return {
    load: async (stream) => (await refresh(stream)).state,
    glance: async (stream) => (cache.get(stream) ?? (await refresh(stream))).state,
    /** One after another within this process, so that the writers of one stream do not race each other in vain. */
    handle(stream, command, cause, begins) {
      const before = queues.get(stream) ?? Promise.resolve();
      const result = before.then(() => attempt(stream, command, cause, begins === 'begins'));
      const settled = result.then(
        () => undefined,
        () => undefined,
      );
      queues.set(stream, settled);
      void settled.then(() => {
        if (queues.get(stream) === settled) queues.delete(stream);
      });
      return result;
    },
  };
}
