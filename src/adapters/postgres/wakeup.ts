import { setTimeout as sleep } from 'node:timers/promises';

import { Client, type Pool } from 'pg';

import { START, type Position } from '../../application/ports/event-store.ts';
import { isPosition, toPosition, type EventRow } from './event-rows.ts';

const CHANNEL = 'tradsy_events';
const NOTIFY_EVERY_MS = 5;
const RECONNECT_AFTER_MS = 500;

export interface Wakeup {
  /** The newest position known to be committed. */
  known(): Position;
  /** Tells the subscribers here, and then those of other processes, that this position is committed. */
  announce(position: Position): void;
  /** Ends when a position after `cursor` is known, or when `signal` aborts. */
  newerThan(cursor: Position, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface WakeupOptions {
  readonly pool: Pool;
  /** How often to look for what no notification told, in milliseconds. */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Wakes all subscribers of this process: at once after an append of its own, by notification after one of another
 * process, and by looking every `pollMs` should a notification be lost. It listens and looks only while somebody waits.
 *
 * Notifications are sent after the commit and several appends share one: sent inside the append they would take a
 * lock that lets one transaction commit at a time.
 */
export function createWakeup({ pool, pollMs, onError }: WakeupOptions): Wakeup {
  const closed = new AbortController();
  const waiting = new Set<() => void>();
  let known: Position = START;
  let following: Promise<unknown> | undefined;
  let notifying: Promise<void> | undefined;
  let untold = false;

  function learn(position: Position): void {
    if (position <= known) return;
    known = position;
    for (const wake of waiting) wake();
  }

  function announce(position: Position): void {
    learn(position);
    untold = true;
    notifying ??= notify().finally(() => {
      notifying = undefined;
    });
  }

  async function notify(): Promise<void> {
    while (untold && !closed.signal.aborted) {
      untold = false;
      await tell(known).catch(onError);
      await pause(NOTIFY_EVERY_MS, closed.signal);
    }
  }

  /** Nobody hears it after a crash, so its commit need not wait for the disk, as others behind it then would. */
  async function tell(position: Position): Promise<void> {
    await pool.query({
      name: 'events-notify',
      text: `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`,
      values: [CHANNEL, position],
    });
  }

  async function newerThan(cursor: Position, signal: AbortSignal): Promise<void> {
    if (known > cursor || signal.aborted || closed.signal.aborted) return;
    following ??= Promise.all([poll(), listen()]);
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  async function poll(): Promise<void> {
    while (!closed.signal.aborted) {
      await pause(pollMs, closed.signal);
      if (waiting.size === 0 || closed.signal.aborted) continue;
      await newest().then(learn, onError);
    }
  }

  async function newest(): Promise<Position> {
    const { rows } = await pool.query<EventRow>({
      name: 'events-newest',
      text: `select transaction_id::text, global_position from events
             order by events.transaction_id desc, global_position desc limit 1`,
    });
    return rows[0] ? toPosition(rows[0]) : START;
  }

  async function listen(): Promise<void> {
    while (!closed.signal.aborted) {
      await listenUntilBroken().catch(onError);
      await pause(RECONNECT_AFTER_MS, closed.signal);
    }
  }

  async function listenUntilBroken(): Promise<void> {
    const client = new Client(pool.options);
    let stop = (): void => {};
    const broken = new Promise<void>((resolve) => {
      stop = resolve;
      client.once('end', stop);
      closed.signal.addEventListener('abort', stop);
    });
    client.on('error', onError);
    client.on('notification', ({ payload }) => {
      if (payload && isPosition(payload)) learn(payload);
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      await broken;
    } finally {
      closed.signal.removeEventListener('abort', stop);
      await client.end().catch(() => {});
    }
  }

  async function close(): Promise<void> {
    closed.abort();
    for (const wake of waiting) wake();
    await Promise.all([following, notifying]);
  }

  return { known: () => known, announce, newerThan, close };
}

/** Waits `ms` milliseconds, or until the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
