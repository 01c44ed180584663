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
  /** Undefined when nothing is known of a stream, not even that it is empty. */
  of(stream: string): Known | undefined;
  /** Keeps what is known of a stream together with events that follow it; `known` is not to be used any more. */
  learn(stream: string, known: Known, events: readonly Pick<Chained, 'id' | 'revision' | 'hash'>[]): Known;
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

  function keep(stream: string, learnt: Learnt): Learnt {
    forget(stream);
    streams.set(stream, learnt);
    total += learnt.ids.size;
    for (const oldest of streams.keys()) {
      if (total <= mostIds || oldest === stream) break;
      forget(oldest);
    }
    return learnt;
  }

  return {
    forget,
    of(stream) {
      const learnt = streams.get(stream);
      return learnt && keep(stream, learnt);
    },
    learn(stream, known, events) {
      forget(stream);
      const learnt: Learnt = known === NOTHING ? { ...NOTHING, ids: new Map() } : (known as Learnt);
      for (const { id, revision, hash } of events) {
        learnt.ids.set(id, revision);
        learnt.revision = revision;
        learnt.hash = hash;
      }
      return keep(stream, learnt);
    },
  };
}
