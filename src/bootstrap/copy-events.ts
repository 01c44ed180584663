/** Moving the record to another store: every event as it is, in the total order, and the proof that all of it arrived. */
import { setTimeout as wait } from 'node:timers/promises';
import { hashOf, NO_HASH } from '../application/ports/event-chain.ts';
import type { Sha256 } from '../application/ports/event-chain.ts';
import { START } from '../application/ports/event-store.ts';
import type { EventStore, Position, RecordedEvent } from '../application/ports/event-store.ts';

export interface CopySource extends Pick<EventStore, 'readAll' | 'readStream'> {
  /** Whether events are stored that can not be read yet. */
  hidesEvents(): Promise<boolean>;
}

export interface CopyTarget extends Pick<EventStore, 'readAll'> {
  /** The newest event that is there already; null for none. */
  readLast(): Promise<RecordedEvent | null>;
  /** Appends events as they are, in this order; safe to repeat. */
  importEvents(events: readonly RecordedEvent[]): Promise<void>;
}

export interface CopyOptions {
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly sha256: Sha256;
  /** Told now and then how many events have been copied, or compared, so far. */
  readonly onProgress: (step: 'copied' | 'compared', events: number) => void;
  /** Ends the copy between two batches; the next one goes on from there. */
  readonly signal: AbortSignal;
}

export interface Copied {
  /** Events copied this time. */
  readonly copied: number;
  /** Events and streams that both stores hold, compared to the last one. */
  readonly events: number;
  readonly streams: number;
}

/** The two stores do not hold the same, or can not come to. */
export class CopyDiffers extends Error {
  override readonly name = 'CopyDiffers';
}

const BATCH = 500;
const LOOK_AGAIN_MS = 50;

/**
 * Copies everything that the target lacks, and compares both stores event by event. How far an earlier copy came is told
 * by the target itself: its newest event is looked up in the source. Throws `CopyDiffers`, or what a store throws.
 */
export async function copyEvents(options: CopyOptions): Promise<Copied> {
  const { source, target, onProgress, signal } = options;
  let after = await findEnd(source, await target.readLast());
  let copied = 0;
  for (;;) {
    signal.throwIfAborted();
    // Asked before the read: what comes into sight in between is then read, or waited for.
    const hidden = await source.hidesEvents();
    const batch = await source.readAll(after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) {
      if (!hidden) break;
      await wait(LOOK_AGAIN_MS, undefined, { signal });
      continue;
    }
    await target.importEvents(batch);
    after = last.position;
    copied += batch.length;
    onProgress('copied', copied);
  }
  return { copied, ...(await compare(options)) };
}

/** Where in the source the target ends. */
async function findEnd(source: CopySource, last: RecordedEvent | null): Promise<Position> {
  if (last === null) return START;
  const [same] = await source.readStream(last.stream, { from: last.revision, limit: 1 });
  if (same?.hash !== last.hash) {
    throw new CopyDiffers(
      `the target ends with event ${last.revision} of ${last.stream}, which the source does not have`,
    );
  }
  return same.position;
}

/** Reads both stores to their ends side by side, and computes the chain of every stream anew. */
async function compare({ source, target, sha256, onProgress, signal }: CopyOptions): Promise<Omit<Copied, 'copied'>> {
  const heads = new Map<string, string>();
  let events = 0;
  let [sourceAfter, targetAfter] = [START, START];
  for (;;) {
    signal.throwIfAborted();
    const [there, here] = await Promise.all([source.readAll(sourceAfter, BATCH), target.readAll(targetAfter, BATCH)]);
    for (let index = 0; index < Math.max(there.length, here.length); index += 1) {
      expectSame(there[index], here[index]);
      const event = here[index]!;
      if (hashOf(heads.get(event.stream) ?? NO_HASH, event, sha256) !== event.hash) {
        throw new CopyDiffers(`the chain of ${event.stream} is broken at event ${event.revision}`);
      }
      heads.set(event.stream, event.hash);
    }
    events += here.length;
    onProgress('compared', events);
    if (here.length < BATCH) return { events, streams: heads.size };
    sourceAfter = there.at(-1)!.position;
    targetAfter = here.at(-1)!.position;
  }
}

function expectSame(there: RecordedEvent | undefined, here: RecordedEvent | undefined): void {
  if (there?.hash === here?.hash && there?.stream === here?.stream && there?.revision === here?.revision) return;
  const { stream, revision } = (there ?? here)!;
  throw new CopyDiffers(
    there === undefined
      ? `the target holds more than the source: event ${revision} of ${stream}`
      : `event ${revision} of ${stream} is not in the same place of both stores`,
  );
}
