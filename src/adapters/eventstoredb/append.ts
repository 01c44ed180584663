import { assertAppendable } from '../../application/ports/appendable.ts';
import {
  EventIdClash,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
} from '../../application/ports/event-store.ts';
import { chainTo } from './chain.ts';
import { NOTHING, type Knowledge, type Known } from './knowledge.ts';
import { StreamDeleted } from './errors.ts';
import { SYSTEM } from './namespace.ts';
import { toPosition } from './position.ts';
import type { Reads } from './reads.ts';
import type { Send } from './send.ts';
import { createTurns } from './turns.ts';

export interface AppendNeeds {
  readonly reads: Reads;
  readonly send: Send;
  /** RFC 3339 in UTC, milliseconds. */
  readonly now: () => string;
  /** Whatever else is read of a stream may be put into it, and need not be read again. */
  readonly knowledge: Knowledge;
}

const MOST_RACES = 1_000;

/**
 * The guarded append. EventStoreDB checks ids only where the guard is behind the stream, and takes an id twice where it
 * is not; so all ids of a stream are known here before anything is appended to it, and every append is sent at the
 * exact revision up to which they are known. That guard keeps the knowledge right: what another process has appended
 * meanwhile makes the append a lost race, and is read.
 */
export function createAppend({ reads, send, now, knowledge }: AppendNeeds): EventStore['append'] {
  const inTurn = createTurns();

  async function attempt(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    let known = knowledge.of(stream) ?? (expected === 'no-stream' ? NOTHING : undefined);
    let fresh = known === undefined;
    known ??= await catchUp(stream);
    for (let races = 0; races < MOST_RACES; races += 1) {
      const verdict = judge(known, expected, events);
      if (verdict.kind === 'repeated') {
        const { revision } = verdict;
        const position = await positionOf(stream, revision, events.at(-1)!.id);
        if (position !== undefined) return { kind: 'appended', revision, position, repeated: true };
        knowledge.forget(stream);
      } else if (verdict.kind === 'new') {
        const appended = await appendTo(known, stream, events);
        if (appended !== 'lost') return appended;
      } else if (fresh) {
        if (verdict.kind === 'conflict') return { kind: 'conflict', actual: known.revision };
        throw new EventIdClash(`some events of this batch for ${stream} are stored already, but not as it`);
      }
      known = await catchUp(stream);
      fresh = true;
    }
    throw new Error(`an append to ${stream} lost ${MOST_RACES} races against other writers`);
  }

  async function appendTo(known: Known, stream: string, events: readonly NewEvent[]): Promise<AppendResult | 'lost'> {
    const chained = chainTo(known, stream, now(), events);
    const { revision, id } = chained.at(-1)!;
    const sent = await send(stream, known.revision, chained);
    if (sent === 'lost') return 'lost';
    knowledge.learn(stream, chained[0]!.revision, chained);
    const position = sent.position ? toPosition(sent.position) : await positionOf(stream, revision, id);
    if (position === undefined) throw new StreamDeleted(`event ${revision} of stream ${stream} is no longer there`);
    return { kind: 'appended', revision, position, repeated: false };
  }

  /** Undefined when there is no such event, or another. */
  async function positionOf(stream: string, revision: number, id: string): Promise<Position | undefined> {
    const [event] = await reads.readStream(stream, { from: revision, limit: 1 });
    return event?.id === id ? event.position : undefined;
  }

  /**
   * Reads what was appended since. The last known event is read again with it: a server that was set back to a backup
   * does not have it, or has another in its place, and then nothing of what is known can be relied upon.
   */
  async function catchUp(stream: string): Promise<Known> {
    const { revision, hash } = knowledge.of(stream) ?? NOTHING;
    const events = await reads.readStream(stream, { from: Math.max(revision, 0) });
    if (revision >= 0 && events[0]?.hash !== hash) {
      knowledge.forget(stream);
      return catchUp(stream);
    }
    const unseen = events.filter((event) => event.revision > revision);
    if (unseen.some((event, index) => event.revision !== revision + 1 + index)) {
      throw new StreamDeleted(`events of stream ${stream} are missing`);
    }
    // What is known may have been dropped while this was read.
    return knowledge.learn(stream, revision + 1, unseen) ?? catchUp(stream);
  }

  return async (stream, expected, events) => {
    assertAppendable(stream, expected, events);
    const system = [stream, ...events.map(({ type }) => type)].find((name) => name.startsWith(SYSTEM));
    if (system !== undefined) throw new TypeError(`EventStoreDB keeps names like ${system} for itself`);
    // The caller's objects may change while the batch waits or is sent again.
    const batch = JSON.parse(JSON.stringify(events)) as readonly NewEvent[];
    return inTurn(stream, () =>
      attempt(stream, expected, batch).catch((error: unknown) => {
        if (!(error instanceof EventIdClash)) knowledge.forget(stream);
        throw error;
      }),
    );
  };
}

type Verdict =
  | { readonly kind: 'repeated'; readonly revision: number }
  | { readonly kind: 'new' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'clash' };

/** What a batch is to a stream of which this much is known. */
function judge(known: Known, expected: ExpectedRevision, events: readonly NewEvent[]): Verdict {
  const revisions = events.map(({ id }) => known.ids.get(id));
  if (revisions.every((revision) => revision === undefined)) {
    const isAt = expected === 'any' || known.revision === (expected === 'no-stream' ? -1 : expected);
    return { kind: isAt ? 'new' : 'conflict' };
  }
  const first = revisions[0];
  const isWhole = first !== undefined && revisions.every((revision, index) => revision === first + index);
  return isWhole ? { kind: 'repeated', revision: first + events.length - 1 } : { kind: 'clash' };
}
