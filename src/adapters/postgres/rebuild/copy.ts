/** A copy of views beside the live ones: filled from the event store, batch by batch. */
import { escapeIdentifier, type ClientBase } from 'pg';

import type { EventStore, Position, RecordedEvent } from '../../../application/ports/event-store.ts';
import { createPool } from '../pool.ts';
import { applyTogether, applyWithCare, BatchFailed } from '../projections/apply.ts';
import { holdCheckpoint, moveCheckpoint, openCheckpoint, readCheckpoint } from '../projections/checkpoint.ts';
import { mayBeOfTheEvent } from '../projections/failures.ts';
import { lookup, readQuarantine, type FailedEvent, type StreamQuarantined } from '../projections/quarantine.ts';
import { repairStreams } from '../projections/repair.ts';
import { signatureOf } from '../projections/signature.ts';
import type { View } from '../projections/view.ts';
import { inTransaction } from '../transaction.ts';
import { tablesOf } from './plan.ts';
import type { Schema } from './schemas.ts';

export interface CopyOptions {
  /** As the owner of the tables. */
  readonly url: string;
  readonly store: Pick<EventStore, 'readAll' | 'readStream'>;
  readonly log: string;
  readonly views: readonly View[];
  readonly schema: Schema;
  readonly signal: AbortSignal;
  /** Told how many more events are applied. */
  readonly onApplied?: (events: number) => void;
  /** Told of each stream that a view of the copy gives up. */
  readonly onQuarantined?: (error: StreamQuarantined, event: FailedEvent) => void;
}

export interface Copy {
  readonly at: () => Position;
  /** Applies what follows, up to a position or to the end of the log. Throws when the database or the store fails. */
  fill(upTo: Position | null): Promise<void>;
  /** Has the planner know the tables as they are now, and not as they were when they were empty. */
  analyze(): Promise<void>;
  /**
   * The same as `fill` within a transaction of the caller's, for at most `most` events; false, and nothing is done, for
   * more. Throws when the copy is not what this process made.
   */
  fillWithin(tx: ClientBase, upTo: Position | null, most: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Events of one transaction. Nobody waits behind a copy's rows, but while a transaction that has written is open, no
 * reader of the total order sees what was appended after its first write. The views read first and write last, so with
 * this many events that is some 50 ms.
 */
const BATCH = 1_000;

/** A copy may lose its last moments in a crash: the switch is what must be kept, and its commit keeps all before it. */
const SETTINGS = {
  synchronous_commit: 'off',
  // Plans are made while the tables are still empty, and are to fit when they are full.
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
};

/** Goes on with the copy that stands in the schema. */
export async function openCopy(options: CopyOptions): Promise<Copy> {
  const { url, store, log, views, schema, signal, onApplied = () => {}, onQuarantined = () => {} } = options;
  const pool = createPool(url, {
    applicationName: `tradsy-${schema}`,
    role: 'owner',
    max: 2,
    viewsSchema: schema,
    settings: SETTINGS,
  });
  const signature = signatureOf(log, views);
  let { position: at } = await openCheckpoint(pool, signature);
  await repairStreams({ pool, store, views, signature, onFailure: onQuarantined });
  let quarantined = await readQuarantine(pool);

  /** Applies events within `tx` and moves the checkpoint; the caller moves `at` once that is committed. */
  async function apply(tx: ClientBase, events: readonly RecordedEvent[]): Promise<void> {
    await applyTogether(tx, views, events, lookup(quarantined));
    await moveCheckpoint(tx, at, events.at(-1)!.position);
  }

  async function applyBatch(events: readonly RecordedEvent[]): Promise<void> {
    try {
      await inTransaction(pool, (tx) => apply(tx, events));
      at = events.at(-1)!.position;
    } catch (error) {
      if (!(error instanceof BatchFailed && mayBeOfTheEvent(error.cause))) throw error;
      for (const event of events) await applyOne(event);
    }
    onApplied(events.length);
  }

  async function applyOne(event: RecordedEvent): Promise<void> {
    const found = await inTransaction(pool, async (tx) => {
      const given = await applyWithCare(tx, views, event, lookup(quarantined));
      await moveCheckpoint(tx, at, event.position);
      return given;
    });
    at = event.position;
    if (found.length === 0) return;
    quarantined = await readQuarantine(pool);
    for (const one of found) onQuarantined(one, event);
  }

  async function fill(upTo: Position | null): Promise<void> {
    // What a caller's transaction applied may have been rolled back.
    at = await readCheckpoint(pool, signature);
    let reading = store.readAll(at, BATCH);
    for (;;) {
      const read = await reading;
      const events = until(read, upTo);
      if (events.length === 0) return;
      const isLast = events.length < read.length;
      // The next ones are read while these are applied; a failure is met when they are awaited.
      reading = isLast ? reading : store.readAll(read.at(-1)!.position, BATCH);
      reading.catch(() => {});
      signal.throwIfAborted();
      await applyBatch(events);
      if (isLast) return;
    }
  }

  return {
    at: () => at,
    fill,
    async analyze() {
      for (const table of tablesOf(views)) await pool.query(`analyze ${escapeIdentifier(table)}`);
    },
    async fillWithin(tx, upTo, most) {
      const found = await holdCheckpoint(tx, signature);
      if (found !== at) throw new Error('another process has taken the place of this copy');
      const events = until(await store.readAll(at, most + 1), upTo);
      if (events.length > most) return false;
      if (events.length > 0) await apply(tx, events);
      at = events.at(-1)?.position ?? at;
      return true;
    },
    close: () => pool.end(),
  };
}

const until = (events: readonly RecordedEvent[], upTo: Position | null): readonly RecordedEvent[] =>
  upTo === null ? events : events.filter(({ position }) => position <= upTo);
