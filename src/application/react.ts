/** Running a reaction over the event stream, from where it stopped last time; each event at least once, in order. */
import type { Clock } from './ports/clock-and-ids.ts';
import type { EventStore, RecordedEvent } from './ports/event-store.ts';
import type { Log } from './ports/log.ts';
import type { Checkpoints } from './ports/progress.ts';

export interface ReactionNeeds {
  readonly store: EventStore;
  readonly checkpoints: Checkpoints;
  readonly clock: Clock;
  readonly log: Log;
}

const RETRY_MS = 1_000;

/** An event that the reaction can not digest is tried again for ever, with an alarm: it is never passed over. */
export async function runReaction(
  name: string,
  react: (event: RecordedEvent) => Promise<void>,
  { store, checkpoints, clock, log }: ReactionNeeds,
  signal: AbortSignal,
): Promise<void> {
  const insist = async (what: string, act: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        return await act();
      } catch (error) {
        log.alarm(`${name}: ${what} failed; trying again`, { error: String(error) });
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };
  await insist('the run', async () => {
    for await (const batch of store.subscribe(await checkpoints.load(name), signal)) {
      for (const event of batch) await insist(`event ${event.id} (${event.type})`, () => react(event));
      const last = batch.at(-1);
      if (last !== undefined && !signal.aborted)
        await insist('the checkpoint', () => checkpoints.save(name, last.position));
    }
  });
}
