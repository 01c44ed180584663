import type { Pool } from 'pg';

import { UnreadableEvent, type EventStore, type RecordedEvent } from '../../../application/ports/event-store.ts';
import { inTransaction } from '../transaction.ts';
import { tryToApply } from './apply.ts';
import { holdCheckpoint } from './checkpoint.ts';
import {
  advance,
  readQuarantine,
  release,
  StreamQuarantined,
  type FailedEvent,
  type QuarantinedStream,
} from './quarantine.ts';
import type { View } from './view.ts';

export interface RepairOptions {
  readonly pool: Pool;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly views: readonly View[];
  readonly signature: string;
  /** Told of each stream that stays in quarantine. */
  readonly onFailure: (error: StreamQuarantined, event: FailedEvent) => void;
}

/** Events of one transaction: an open one holds back every reader of the total order. */
const MOST_EVENTS = 500;

/**
 * Tries the quarantined streams again, each from the first event that its view lacks up to where the views stand, or
 * up to an event that can not be read: from there on the stream stays in quarantine. Throws when the database fails.
 */
export async function repairStreams(options: RepairOptions): Promise<void> {
  const quarantined = await readQuarantine(options.pool);
  for (const view of options.views) {
    for (const stream of quarantined.filter((one) => one.view === view.name)) {
      for (let more = true; more;) more = await repairOn(options, view, stream);
    }
  }
}

/** One transaction. True when the view has come on and the stream has more events for it. */
function repairOn(options: RepairOptions, view: View, { stream }: QuarantinedStream): Promise<boolean> {
  const { pool, store, signature, onFailure } = options;
  return inTransaction(pool, async (tx) => {
    const checkpoint = await holdCheckpoint(tx, signature);
    const found = (await readQuarantine(tx)).find((one) => one.view === view.name && one.stream === stream);
    // Another process was here first.
    if (found === undefined) return false;
    const { events, unreadable } = await readReadable(store, found);
    const due = events.filter(({ position }) => position <= checkpoint);
    const [first] = due;
    const problem = await tryToApply(tx, view, due);
    if (problem !== null && first !== undefined) {
      onFailure(new StreamQuarantined(view.name, first, problem), first);
      return false;
    }
    if (due.length < events.length || (unreadable === null && due.length < MOST_EVENTS)) {
      // What comes after the checkpoint is met in its turn.
      await release(tx, found);
      return false;
    }
    await advance(tx, found, found.revision + due.length);
    if (unreadable === null) return true;
    onFailure(new StreamQuarantined(view.name, unreadable, unreadable.message), unreadable);
    return false;
  });
}

interface Readable {
  readonly events: readonly RecordedEvent[];
  /** The event after them, when it is one that can not be read. */
  readonly unreadable: UnreadableEvent | null;
}

/** The stream's next events from the first that the view lacks, up to one that can not be read. */
async function readReadable(store: RepairOptions['store'], { stream, revision }: QuarantinedStream): Promise<Readable> {
  try {
    return { events: await store.readStream(stream, { from: revision, limit: MOST_EVENTS }), unreadable: null };
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    const limit = error.revision - revision;
    const events = limit === 0 ? [] : await store.readStream(stream, { from: revision, limit });
    return { events, unreadable: error };
  }
}
