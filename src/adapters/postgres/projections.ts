import { performance } from 'node:perf_hooks';

import type { ClientBase, Pool } from 'pg';

import { START, type EventStore, type Position, type RecordedEvent } from '../../application/ports/event-store.ts';
import { holdCheckpoint, moveCheckpoint, openCheckpoint, readCheckpoint } from './projection-checkpoint.ts';
import { createProgress } from './projection-progress.ts';
import { inTransaction } from './transaction.ts';
import { pause } from './wakeup.ts';

/** A read model. Its tables are made by a migration; its rows follow from the events and nothing else. */
export interface View {
  readonly name: string;
  /** Raised when the same events shall give other rows: at the next start the tables are emptied and filled again. */
  readonly version: number;
  /** The tables this view alone writes, emptied for a rebuild. */
  readonly tables: readonly string[];
  /** The event types it takes note of; others never reach `apply`. */
  readonly types: readonly string[];
  /** Changes the view's rows through `tx` only. An error rolls the event back and it is tried again later. */
  apply(tx: ClientBase, event: RecordedEvent): Promise<void>;
}

export interface ProjectionsOptions {
  readonly pool: Pool;
  readonly store: Pick<EventStore, 'subscribe'>;
  readonly views: readonly View[];
  readonly signal: AbortSignal;
  /** Told about each failed try; `event` is the one that failed, undefined when it was the database. */
  readonly onError?: (error: unknown, event: RecordedEvent | undefined) => void;
  /** Told of every event, in order, once its rows can be read; also of those that another process has applied. */
  readonly onApplied?: (events: readonly RecordedEvent[]) => void;
}

export interface Projections {
  /** Ends when `signal` has aborted and the transaction under way is over. Never rejects. */
  readonly done: Promise<void>;
  /** How far the views are known to be. */
  readonly applied: () => Position;
  /** True once every view has applied `position`; false when that takes longer than `timeoutMs`. */
  readonly waitUntilApplied: (position: Position, timeoutMs: number) => Promise<boolean>;
}

const LOOP = 'views';
/** Open transactions hold back every reader of the total order, so each one ends after about this long. */
const TRANSACTION_MS = 20;
const RETRY_MS = { first: 50, longest: 5_000 };

/**
 * Keeps all views up to date: the one loop from the events to the read models. Events and checkpoint move in one
 * transaction, and the checkpoint's row is held while they do: of two processes that run the loop, each event is
 * applied by one.
 *
 * An event that a view cannot apply stops the loop there, is reported and tried again for ever; it is never skipped.
 */
export function runProjections(options: ProjectionsOptions): Projections {
  const { pool, store, views, signal, onError = () => {}, onApplied = () => {} } = options;
  const progress = createProgress();
  let retryMs = RETRY_MS.first;
  let underHand: RecordedEvent | undefined;
  /** Up to the last event that failed, events go one by one, so that those before it are kept. */
  let careful: Position = START;

  async function run(): Promise<void> {
    let opened = false;
    while (!signal.aborted) {
      try {
        const from = opened ? await readCheckpoint(pool, LOOP, views) : await openCheckpoint(pool, LOOP, views);
        opened = true;
        progress.reach(from);
        await followFrom(from);
      } catch (error) {
        if (underHand) careful = underHand.position;
        onError(error, underHand);
        underHand = undefined;
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, RETRY_MS.longest);
      }
    }
  }

  /** Applies what comes after `from`, until the abort; ends early when the checkpoint was set back. */
  async function followFrom(from: Position): Promise<void> {
    let at = from;
    for await (const batch of store.subscribe(from, signal)) {
      for (let rest = batch; rest.length > 0 && !signal.aborted;) {
        const passed = await pass(at, rest);
        if (passed === 0) return;
        at = rest[passed - 1]!.position;
        if (at >= careful) retryMs = RETRY_MS.first;
        progress.reach(at);
        onApplied(rest.slice(0, passed));
        rest = rest.slice(passed);
      }
    }
  }

  /**
   * One transaction. Gives how many of `events`, which follow `at`, are applied after it: by another process, which
   * was here first, or now, as many as fit in the time. 0 when the checkpoint was set back.
   */
  function pass(at: Position, events: readonly RecordedEvent[]): Promise<number> {
    return inTransaction(pool, async (tx) => {
      const checkpoint = await holdCheckpoint(tx, LOOP, views);
      if (checkpoint !== at) return events.filter(({ position }) => position <= checkpoint).length;
      const end = performance.now() + (at < careful ? 0 : TRANSACTION_MS);
      let applied = 0;
      do {
        underHand = events[applied]!;
        for (const view of views) if (view.types.includes(underHand.type)) await view.apply(tx, underHand);
        applied += 1;
      } while (applied < events.length && performance.now() < end);
      underHand = undefined;
      await moveCheckpoint(tx, LOOP, at, events[applied - 1]!.position);
      return applied;
    });
  }

  return { done: run(), applied: progress.reached, waitUntilApplied: progress.waitFor };
}
