/** Running a reaction over the event stream, from where it stopped last time; each event at least once, in order. */
import type { Clock } from './ports/clock-and-ids.ts';
import { UnreadableEvent } from './ports/event-store.ts';
import type { EventStore, RecordedEvent } from './ports/event-store.ts';
import { Overtaken } from './ports/leases.ts';
import type { Log } from './ports/log.ts';
import type { Checkpoints, EventPlace, PassedOver } from './ports/progress.ts';

export interface ReactionNeeds {
  readonly store: EventStore;
  readonly checkpoints: Checkpoints;
  readonly passedOver: PassedOver;
  /** Of the lease under which it runs. */
  readonly fence: number;
  readonly clock: Clock;
  readonly log: Log;
}

const RETRY_MS = 1_000;

/**
 * An event that the reaction can not digest is tried again for ever, with an alarm. Only one that can not be read is
 * passed over, with all that follows in its stream; they are kept, and taken up at the next start, in order. Throws
 * `Overtaken`.
 */
export async function runReaction(
  name: string,
  react: (event: RecordedEvent) => Promise<void>,
  { store, checkpoints, passedOver, fence, clock, log }: ReactionNeeds,
  signal: AbortSignal,
): Promise<void> {
  /** The streams of which events were passed over: what follows in them has to wait too. */
  const waiting = new Set<string>();

  const insist = async (what: string, act: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        return await act();
      } catch (error) {
        if (error instanceof Overtaken) throw error;
        log.alarm(`${name}: ${what} failed; trying again`, { error: String(error) });
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };

  /** False when the event can not be read, or its stream waits already. */
  async function digest(stream: string, work: () => Promise<void>): Promise<boolean> {
    if (waiting.has(stream)) return false;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      log.warn(`${name} passes over a stream until the app can read it`, { stream, error: String(error) });
      waiting.add(stream);
      return false;
    }
  }

  async function take(event: RecordedEvent): Promise<void> {
    const digested = await digest(event.stream, async () => {
      if (event.unreadable) throw event.unreadable;
      await react(event);
    });
    if (!digested) await passedOver.add(name, event);
  }

  async function takeUp(place: EventPlace): Promise<void> {
    const digested = await digest(place.stream, async () => {
      const [event] = await store.readStream(place.stream, { from: place.revision, limit: 1 });
      if (event === undefined) throw new Error(`${place.stream} has no event ${place.revision}`);
      await react(event);
    });
    if (digested) await passedOver.remove(name, place);
  }

  await insist('the run', async () => {
    // In this order: what a former owner passes over in between lies behind the checkpoint, or is loaded after it.
    const from = await checkpoints.load(name);
    for (const place of await passedOver.load(name)) {
      await insist(`event ${place.revision} of ${place.stream}`, () => takeUp(place));
    }
    for await (const batch of store.subscribe(from, signal)) {
      for (const event of batch) await insist(`event ${event.id} (${event.type})`, () => take(event));
      const last = batch.at(-1);
      if (last !== undefined && !signal.aborted)
        await insist('the checkpoint', () => checkpoints.save(name, last.position, fence));
    }
  });
}
