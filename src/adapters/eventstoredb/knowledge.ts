import { NO_HASH } from '../../application/ports/event-chain.ts';
import type { Chained } from './records.ts';

/** What is known of a stream: all of it up to a revision. */
export interface Known {
  /** Of the last event known; -1 for none. */
  readonly revision: number;
  /** The last event's hash. */
  readonly hash: string;
  /** The revision of every event known, by its id. */
  readonly ids: ReadonlyMap<string, number>;
}

/** What is known of an empty stream. */
export const NOTHING: Known = { revision: -1, hash: NO_HASH, ids: new Map() };

interface Learnt extends Known {
  revision: number;
  hash: string;
  readonly ids: Map<string, number>;
}

export interface Knowledge {
  /** Undefined when nothing is known of a stream, not even that it is empty. It grows with what is learnt. */
  of(stream: string): Known | undefined;
  /**
   * Takes in all the events that a stream has from a revision on, as far as they follow what is known: what is known
   * already changes nothing, and what would leave a hole is not kept.
   */
  learn(stream: string, from: number, events: readonly Pick<Chained, 'id' | 'revision' | 'hash'>[]): Known | undefined;
  forget(stream: string): void;
}

/** Remembers the streams used last, with at most `mostIds` ids in all of them (or one stream that alone has more). */
export function createKnowledge(mostIds: number): Knowledge {
  const streams = new Map<string, Learnt>();
  let total = 0;

  function forget(stream: string): void {
    total -= streams.get(stream)?.ids.size ?? 0;
    streams.delete(stream);
  }

  function keep(stream: string, learnt: Learnt): void {
    streams.delete(stream);
    streams.set(stream, learnt);
    for (const oldest of streams.keys()) {
      if (total <= mostIds || oldest === stream) break;
      forget(oldest);
    }
  }

  return {
    forget,
    of(stream) {
      const learnt = streams.get(stream);
      if (learnt !== undefined) keep(stream, learnt);
      return learnt;
    },
    learn(stream, from, events) {
      const learnt = streams.get(stream) ?? { ...NOTHING, ids: new Map<string, number>() };
      if (from > learnt.revision + 1) return undefined;
      for (const { id, revision, hash } of events) {
        if (revision !== learnt.revision + 1) continue;
        learnt.ids.set(id, revision);
        learnt.revision = revision;
        learnt.hash = hash;
        total += 1;
      }
      // An empty stream costs nothing to ask about again, and there is no end of names.
      if (learnt.revision >= 0) keep(stream, learnt);
      return learnt;
    },
  };
}
