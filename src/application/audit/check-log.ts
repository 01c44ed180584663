/**
 * Checks a whole log, event by event in its total order, against its chains and the heads that were signed. It keeps the
 * last event of every stream and every event's id: about 250 MB for a million events in 100,000 streams.
 */
import type { Sha256, StoredEvent } from '../ports/event-chain.ts';
import { START, type Position } from '../ports/event-store.ts';
import { NOTHING, type SignedHead, type Tally } from '../ports/heads.ts';
import { misfit, type Misfit, type Predecessor } from './check-event.ts';
import type { HeadFault } from './check-heads.ts';
import { tallyAfter } from './head.ts';

export type EventProblem = Misfit | 'position' | 'id-twice';

export type LogFault =
  | HeadFault
  | { readonly kind: 'event'; readonly event: StoredEvent; readonly problem: EventProblem }
  /** The events from number `from` to number `to`, counted from 1, are not those of which this head speaks. */
  | {
      readonly kind: 'signed-otherwise';
      readonly head: SignedHead;
      readonly from: number;
      readonly to: number;
      /** The first of them. */
      readonly first: StoredEvent;
    }
  /** A head speaks of more events than there are. */
  | { readonly kind: 'events-lost'; readonly head: SignedHead; readonly count: number };

export interface LogCheck {
  /** What is wrong with the next event, or with the events up to it; nothing more must be asked after that. */
  take(event: StoredEvent): LogFault | null;
  /** What is wrong with a log that ends here. */
  end(): LogFault | null;
  tally(): Tally;
  /** Where the last event stands that was taken. */
  position(): Position;
  /** Whether an event with this id was taken. */
  knows(id: string): boolean;
  streams(): number;
  /** The first event after the last head, and the last event; null when the last head covers all. */
  unsigned(): { readonly first: StoredEvent; readonly last: StoredEvent } | null;
}

/** `log` names the store that holds the events; `heads` have passed `findHeadFault`. */
export function createLogCheck(log: string, heads: readonly SignedHead[], sha256: Sha256): LogCheck {
  const streams = new Map<string, Predecessor>();
  const ids = new Set<string>();
  const ahead = heads.values();
  let next = ahead.next().value;
  let tally = NOTHING;
  let position: Position = START;
  /** The events for which the next head is the first one. */
  let span: { readonly from: number; readonly first: StoredEvent; last: StoredEvent } | null = null;

  function eventProblem(event: StoredEvent): EventProblem | null {
    if (!(event.position > position)) return 'position';
    if (ids.has(event.id)) return 'id-twice';
    return misfit(event, streams.get(event.stream), sha256);
  }

  return {
    take(event) {
      const problem = eventProblem(event);
      if (problem !== null) return { kind: 'event', event, problem };
      streams.set(event.stream, { revision: event.revision, hash: event.hash });
      ids.add(event.id);
      position = event.position;
      tally = tallyAfter(tally, event, sha256);
      span ??= { from: tally.count, first: event, last: event };
      span.last = event;
      if (next?.count !== tally.count) return null;
      const reached = { head: next, from: span.from, to: tally.count, first: span.first };
      next = ahead.next().value;
      span = null;
      return isHeadOf(reached.head, log, tally, event) ? null : { kind: 'signed-otherwise', ...reached };
    },
    end: () => (next === undefined ? null : { kind: 'events-lost', head: next, count: tally.count }),
    tally: () => tally,
    position: () => position,
    knows: (id) => ids.has(id),
    streams: () => streams.size,
    unsigned: () => span,
  };
}

/** Whether a head speaks of this log; what it says of positions is compared only with those of its own store. */
function isHeadOf(head: SignedHead, log: string, { digest, positions }: Tally, last: StoredEvent): boolean {
  if (head.digest !== digest || head.last.hash !== last.hash) return false;
  return head.log !== log || (head.positions === positions && head.last.position === last.position);
}
