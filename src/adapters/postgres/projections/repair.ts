import type { Pool } from 'pg';

import type { EventStore, RecordedEvent } from '../../../application/ports/event-store.ts';
import { inTransaction } from '../transaction.ts';
import { tryToApply } from './apply.ts';
import { holdCheckpoint } from './checkpoint.ts';
import { unreadable } from './failures.ts';
import { advance, readQuarantine, release, StreamQuarantined, type QuarantinedStream } from './quarantine.ts';
import type { View } from './view.ts';

export interface RepairOptions {
  readonly pool: Pool;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly views: readonly View[];
  readonly signature: string;
  /** Told of each stream that stays in quarantine. */
  readonly onFailure: (error: StreamQuarantined, event: RecordedEvent) => void;
}

/** Events of one transaction: an open one holds back every reader of the total order. */
const MOST_EVENTS = 500;

/**
 * Tries the quarantined streams again, each from the first event that its view lacks up to where the views stand. Throws
 * when the database fails.
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
    const read = await store.readStream(stream, { from: found.revision, limit: MOST_EVENTS });
    const due = read.filter(({ position }) => position <= checkpoint);
    const [first] = due;
    const problem = due.map(unreadable).find((one) => one !== null) ?? (await tryToApply(tx, view, due));
    if (problem !== null && first !== undefined) {
      onFailure(new StreamQuarantined(view.name, first, problem), first);
      return false;
    }
    if (due.length < MOST_EVENTS) await release(tx, found);
    else await advance(tx, found, found.revision + due.length);
    return due.length === MOST_EVENTS;
  });
}
