import type { Pool } from 'pg';

import { START, type EventStore, type Position, type RecordedEvent } from '../../application/ports/event-store.ts';
import { applyTogether, applyWithCare, BatchFailed } from './projections/apply.ts';
import { holdCheckpoint, moveCheckpoint, openCheckpoint, readCheckpoint } from './projections/checkpoint.ts';
import { mayBeOfTheEvent } from './projections/failures.ts';
import { readLag, type Lag } from './projections/lag.ts';
import { createProgress } from './projections/progress.ts';
import {
  lookup,
  readQuarantine,
  type FailedEvent,
  type QuarantinedStream,
  type StreamQuarantined,
} from './projections/quarantine.ts';
import { repairStreams } from './projections/repair.ts';
import { signatureOf } from './projections/signature.ts';
import type { View } from './projections/view.ts';
import { inTransaction } from './transaction.ts';
import { pause } from './wakeup.ts';

export interface ProjectionsOptions {
  readonly pool: Pool;
  readonly store: Pick<EventStore, 'subscribe' | 'readAll' | 'readStream'>;
  /** The event store's name: default `postgres`. Rows that were made from another store are not kept on. */
  readonly log?: string;
  readonly views: readonly View[];
  readonly signal: AbortSignal;
  /**
   * Told about each failed try, and, as a `StreamQuarantined`, about each stream that a view gives up; `event` is the one
   * that failed, undefined when it was the database.
   */
  readonly onError?: (error: unknown, event: FailedEvent | undefined) => void;
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
  /** How far the views are behind the log. Throws when the database or the store fails. */
  readonly lag: () => Promise<Lag>;
  /** The streams that single views pass over. Throws when the database fails. */
  readonly quarantined: () => Promise<readonly QuarantinedStream[]>;
}

/** Open transactions hold back every reader of the total order, so each one takes no more events than this: some 20 ms. */
const MOST_EVENTS = 250;
const RETRY_MS = { first: 50, longest: 500 };

/**
 * Keeps all views up to date: the one loop from the events to the read models. Events and checkpoint move in one
 * transaction, and the checkpoint's row is held while they do: of two processes that run the loop, each event is
 * applied by one.
 *
 * An event that a view can not apply quarantines its stream for that view: the view holds the stream up to there, and
 * all others completely. What was quarantined is tried again at every start. When it is the database that fails, the
 * loop stands and tries again for ever; nothing is skipped then.
 */
export function runProjections(options: ProjectionsOptions): Projections {
  const { pool, store, log = 'postgres', views, signal, onError = () => {}, onApplied = () => {} } = options;
  const signature = signatureOf(log, views);
  const progress = createProgress();
  let retryMs = RETRY_MS.first;
  let underHand: RecordedEvent | undefined;
  /** Up to the end of the last batch that failed, events go one by one, so that those before the bad one are kept. */
  let careful: Position = START;

  async function run(): Promise<void> {
    let opened = false;
    while (!signal.aborted) {
      try {
        if (!opened) await open();
        opened = true;
        const from = await readCheckpoint(pool, signature);
        progress.reach(from);
        await followFrom(from);
      } catch (error) {
        const failed = error instanceof BatchFailed;
        if (failed) careful = error.upTo;
        if (failed && mayBeOfTheEvent(error.cause)) continue;
        onError(failed ? error.cause : error, underHand);
        underHand = undefined;
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, RETRY_MS.longest);
      }
    }
  }

  async function open(): Promise<void> {
    await openCheckpoint(pool, signature);
    await repairStreams({ pool, store, views, signature, onFailure: onError });
  }

  /** Applies what comes after `from`, until the abort; ends early when the checkpoint was set back. */
  async function followFrom(from: Position): Promise<void> {
    let at = from;
    for await (const batch of store.subscribe(from, signal)) {
      for (let rest = batch; rest.length > 0 && !signal.aborted;) {
        const { passed, found } = await pass(at, rest);
        if (passed === 0) return;
        for (const one of found) onError(one, rest[0]);
        at = rest[passed - 1]!.position;
        if (at >= careful) retryMs = RETRY_MS.first;
        progress.reach(at);
        onApplied(rest.slice(0, passed));
        rest = rest.slice(passed);
      }
    }
  }

  /**
   * One transaction. Tells how many of `events`, which follow `at`, are applied after it, by another process, which was
   * here first, or now: 0 when the checkpoint was set back. And what was quarantined with the first of them.
   */
  function pass(at: Position, events: readonly RecordedEvent[]): Promise<Passed> {
    return inTransaction(pool, async (tx) => {
      const checkpoint = await holdCheckpoint(tx, signature);
      if (checkpoint !== at) {
        return { passed: events.filter(({ position }) => position <= checkpoint).length, found: [] };
      }
      const isQuarantined = lookup(await readQuarantine(tx));
      const part = events.slice(0, at < careful ? 1 : MOST_EVENTS);
      let found: readonly StreamQuarantined[] = [];
      if (at < careful) {
        underHand = events[0]!;
        found = await applyWithCare(tx, views, underHand, isQuarantined);
        underHand = undefined;
      } else {
        await applyTogether(tx, views, part, isQuarantined);
      }
      await moveCheckpoint(tx, at, part.at(-1)!.position);
      return { passed: part.length, found };
    });
  }

  return {
    done: run(),
    applied: progress.reached,
    waitUntilApplied: progress.waitFor,
    lag: () => readLag({ pool, store, log, signature }),
    quarantined: () => readQuarantine(pool),
  };
}

interface Passed {
  readonly passed: number;
  readonly found: readonly StreamQuarantined[];
}
