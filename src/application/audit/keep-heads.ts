/** Signing a head of the log every minute, for as long as the log is what was signed before. */
import { NO_HASH, toStored, type Sha256, type StoredEvent } from '../ports/event-chain.ts';
import { START, type EventStore, type Position } from '../ports/event-store.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import { NOTHING, type Heads, type SignedHead, type Signer, type Tally, type Trust } from '../ports/heads.ts';
import type { Log } from '../ports/log.ts';
import { misfit, type Predecessor } from './check-event.ts';
import { headLine, headText, tallyAfter } from './head.ts';

export interface HeadKeeping {
  /** Which store it is that holds the log: a head says so, because positions of another do not fit. */
  readonly logName: string;
  readonly heads: Heads;
  readonly signer: Signer;
  /** Must know the signer's own key, and those of all heads before. */
  readonly trust: Trust;
}

export interface HeadNeeds extends HeadKeeping {
  /** When this process started: what a log holds from before has been signed by somebody. */
  readonly startedAt: string;
  readonly store: EventStore;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 60_000;
const ALARM_AGAIN_MS = 3_600_000;
const BATCH = 500;
/** Streams whose last hash is remembered; of others it is read again. */
const REMEMBERED = 20_000;

const HEADS_LOST =
  'no head is left of a log that has events: unless nobody has signed it before, the heads were removed, and nothing ' +
  'proves that the log was not changed; the first head is signed over it as it is now';

/** The log is not the one that was signed: no head may be signed over it. */
class LogChainFailure extends Error {
  override readonly name = 'LogChainFailure';
}

/**
 * Signs a head every minute in which events were added, and one at the end, when `signal` aborts. It goes on from the
 * last head that is kept, and checks every event after it against its predecessor in the stream.
 *
 * Only one may run on one keeping of heads at a time. When an event does not fit, or the log lacks what the last head
 * speaks of, it raises an alarm, every hour again, and signs nothing any more. Other failures are tried again after a
 * minute, with an alarm. It also raises one, and then signs, when it starts without any head on a log that has
 * older events.
 */
export async function keepHeads(needs: HeadNeeds, signal: AbortSignal): Promise<void> {
  const { clock, log } = needs;
  let isStart = true;
  while (!signal.aborted) {
    try {
      if (isStart && (await hasLostHeads(needs))) log.alarm(HEADS_LOST);
      isStart = false;
      return await follow(needs, signal);
    } catch (error) {
      const isFailure = error instanceof LogChainFailure;
      const message = isFailure ? 'log chain failure: no head is signed any more' : 'a head could not be signed';
      do {
        log.alarm(message, { error: String(error) });
        await clock.sleep(isFailure ? ALARM_AGAIN_MS : EVERY_MS, signal);
      } while (isFailure && !signal.aborted);
    }
  }
}

/** Asked once, at the start: later a log without a head is one whose first head could not be written yet. */
async function hasLostHeads({ heads, store, startedAt }: HeadNeeds): Promise<boolean> {
  if ((await heads.last()) !== null) return false;
  const [first] = await store.readAll(START, 1);
  return first !== undefined && first.recordedAt < startedAt;
}

async function follow(needs: HeadNeeds, signal: AbortSignal): Promise<void> {
  const { heads, clock } = needs;
  let head = await heads.last();
  const walk = createWalk(needs);
  if (head !== null) await resume(walk, head, needs);
  for (;;) {
    const isLast = signal.aborted;
    while ((await walk.step(BATCH)) && !signal.aborted);
    if (walk.tally().count > (head?.count ?? 0)) {
      head = signHead(walk, head, needs);
      await heads.append(head);
    }
    if (isLast) return;
    await clock.sleep(EVERY_MS, signal);
  }
}

function signHead(walk: Walk, before: SignedHead | null, { logName, clock, signer, sha256 }: HeadNeeds): SignedHead {
  const { stream, revision, position, hash } = walk.last();
  const head = {
    ...walk.tally(),
    log: logName,
    last: { stream, revision, position, hash },
    signedAt: clock.now(),
    previous: before === null ? NO_HASH : sha256(headLine(before)),
    key: signer.key,
  };
  return { ...head, signature: signer.sign(headText(head)) };
}

/** Brings a new walk to where a head was signed; throws LogChainFailure when the log is not the one of that head. */
async function resume(walk: Walk, head: SignedHead, { logName, trust, store }: HeadNeeds): Promise<void> {
  if (!trust.isSigned(head.key, headText(head), head.signature)) {
    throw new LogChainFailure('the last head was not signed with a key of this installation');
  }
  if (head.log === logName) {
    const { stream, revision, position, hash } = head.last;
    const [last] = await store.readStream(stream, { from: revision, limit: 1 });
    if (last?.revision !== revision || last.position !== position || last.hash !== hash) {
      throw new LogChainFailure(`the log lacks event ${revision} of ${stream}, the last that was signed`);
    }
    walk.startAfter(head, toStored(last));
    return;
  }
  while (walk.tally().count < head.count) {
    if (!(await walk.step(Math.min(BATCH, head.count - walk.tally().count)))) {
      throw new LogChainFailure(`the log has ${walk.tally().count} events, and ${head.count} were signed`);
    }
  }
  if (walk.tally().digest !== head.digest) {
    throw new LogChainFailure(`the first ${head.count} events are not those that were signed in ${head.log}`);
  }
}

/** A walk along the total order that checks every event it passes. */
interface Walk {
  startAfter(tally: Tally, last: StoredEvent): void;
  /** Takes so many events at most; false when there are none. Throws LogChainFailure for one that does not fit. */
  step(limit: number): Promise<boolean>;
  tally(): Tally;
  /** The last event that was taken. */
  last(): StoredEvent;
}

function createWalk({ store, sha256 }: HeadNeeds): Walk {
  /** The last events of streams, those seen last at the end. */
  const seen = new Map<string, Predecessor>();
  let tally = NOTHING;
  let last: StoredEvent | null = null;
  let position: Position = START;

  async function predecessorOf({ stream, revision }: StoredEvent): Promise<Predecessor | undefined> {
    const known = seen.get(stream);
    if (known !== undefined || revision === 0) return known;
    return (await store.readStream(stream, { from: revision - 1, limit: 1 }))[0];
  }

  function take(event: StoredEvent): void {
    seen.delete(event.stream);
    seen.set(event.stream, { revision: event.revision, hash: event.hash });
    const [oldest] = seen.keys();
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
    tally = tallyAfter(tally, event, sha256);
    last = event;
    position = event.position;
  }

  return {
    startAfter(reached, event) {
      const { count, digest, positions } = reached;
      tally = { count, digest, positions };
      last = event;
      position = event.position;
    },
    async step(limit) {
      const batch = (await store.readAll(position, limit)).map(toStored);
      for (const event of batch) {
        const problem = misfit(event, await predecessorOf(event), sha256);
        if (problem !== null) {
          throw new LogChainFailure(`event ${event.id}, revision ${event.revision} of ${event.stream}: ${problem}`);
        }
        take(event);
      }
      return batch.length > 0;
    },
    tally: () => tally,
    last() {
      if (last === null) throw new Error('no event has been taken yet');
      return last;
    },
  };
}
