/** Leases: a lock of a session of its own each, and a fence in the table `leases` (migration 0015). */
import { performance } from 'node:perf_hooks';

import { Client, type Pool } from 'pg';

import type { Lease, Leases, Owned } from '../../application/ports/leases.ts';
import { pause } from './wakeup.ts';

export interface LeasesOptions {
  /** Who this process is, for people who look at the table. */
  readonly holder: string;
  /** Told why a lease was lost. */
  readonly onLost: (name: Owned, why: string) => void;
}

/** The advisory lock of the lease with the name `$1`. */
export const LEASE_LOCK = `hashtextextended('lease ' || $1, 0)`;

/** The server ends a session that it has heard nothing of for this long, and with it the lock. */
const SESSION_ENDS_AFTER_MS = 3_000;
/** From the moment a sign of life was sent that was answered: the holder counts shorter than the server. */
const HELD_FOR_MS = 2_500;
const SIGN_EVERY_MS = 800;
const LOOK_EVERY_MS = 250;
const END_WITHIN_MS = 1_000;

/**
 * Leases on Postgres 15 or later. A lease is an advisory lock of a session that does nothing else, so the server frees it
 * the moment that the holder dies, without waiting for a time to run out. A holder that is stopped or cut off says
 * nothing, and the server ends its session. Both sides count the time by their own monotonic clocks, from the same sign
 * of life, and the holder sooner.
 *
 * A session of its own takes a direct connection: behind a pooler that deals out sessions by transaction it would lock
 * nothing, and the fence in the table would show it with the next sign of life.
 */
export function createLeases(pool: Pool, options: LeasesOptions): Leases {
  return {
    async take(name, signal) {
      const session = new Client(pool.options);
      // A broken connection fails what is asked next; unheard, the event would end the process.
      session.on('error', () => {});
      // A server that has gone silent is not waited for: ending the session fails what is under way.
      const giveUp = (): void => void end(session);
      try {
        // Connecting has a limit of its own, and could not be ended.
        await session.connect();
        signal.addEventListener('abort', giveUp, { once: true });
        await session.query(`set idle_session_timeout = ${SESSION_ENDS_AFTER_MS}`);
        while (!signal.aborted) {
          if (await tryLock(session, name)) {
            signal.removeEventListener('abort', giveUp);
            return await hold(session, name, signal, options);
          }
          await pause(LOOK_EVERY_MS, signal);
        }
      } catch (error) {
        await end(session);
        if (signal.aborted) return null;
        throw error;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
      await end(session);
      return null;
    },
  };
}

async function tryLock(session: Client, name: Owned): Promise<boolean> {
  const { rows } = await session.query<{ readonly locked: boolean }>({
    name: 'lease-try',
    text: `select pg_try_advisory_lock(${LEASE_LOCK}) as locked`,
    values: [name],
  });
  return rows[0]!.locked;
}

/** Whether somebody holds the lease now. */
export async function isHeld(pool: Pool, name: Owned): Promise<boolean> {
  // Of the transaction alone: a holder to be finds the lock free again at its next look.
  const { rows } = await pool.query<{ readonly free: boolean }>(
    `select pg_try_advisory_xact_lock(${LEASE_LOCK}) as free`,
    [name],
  );
  return rows[0]?.free === false;
}

/** The lease on a session that has the lock. */
async function hold(
  session: Client,
  name: Owned,
  signal: AbortSignal,
  { holder, onLost }: LeasesOptions,
): Promise<Lease> {
  const over = new AbortController();
  const lose = (why: string): void => {
    if (over.signal.aborted) return;
    over.abort();
    onLost(name, why);
  };
  let timeout: NodeJS.Timeout | undefined;
  const heldSince = (sent: number): void => {
    clearTimeout(timeout);
    const left = sent + HELD_FOR_MS - performance.now();
    const expire = (): void => lose('the database did not answer in time');
    if (left <= 0) expire();
    else timeout = setTimeout(expire, left);
  };

  async function giveSigns(fence: number): Promise<void> {
    for (;;) {
      await pause(SIGN_EVERY_MS, over.signal);
      if (over.signal.aborted) return;
      const sent = performance.now();
      const { rowCount } = await session.query({
        name: 'lease-sign',
        text: 'select from public.leases where name = $1 and fence = $2',
        values: [name, fence],
      });
      if (rowCount === 0) return lose('another one has taken it');
      heldSince(sent);
    }
  }

  const sent = performance.now();
  const fence = await raiseFence(session, name, holder);
  session.once('end', () => lose('its session ended'));
  heldSince(sent);
  const signs = giveSigns(fence).catch((error: unknown) => lose(String(error)));
  return {
    fence,
    signal: AbortSignal.any([signal, over.signal]),
    async release() {
      over.abort();
      clearTimeout(timeout);
      await end(session);
      await signs;
    },
  };
}

async function raiseFence(session: Client, name: Owned, holder: string): Promise<number> {
  const { rows } = await session.query<{ readonly fence: string }>(
    `insert into public.leases (name, fence, holder) values ($1, 1, $2)
     on conflict (name) do update
       set fence = leases.fence + 1, holder = excluded.holder, taken_at = clock_timestamp()
     returning fence`,
    [name, holder],
  );
  return Number(rows[0]!.fence);
}

/** A server that has gone silent is not waited for. */
async function end(session: Client): Promise<void> {
  const ended = new AbortController();
  await Promise.race([session.end().catch(() => {}), pause(END_WITHIN_MS, ended.signal)]);
  ended.abort();
}
