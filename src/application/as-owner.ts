/** Doing what only one process may do at a time: waiting for the lease, working while it is held, and again after a loss. */
import type { Clock } from './ports/clock-and-ids.ts';
import { Overtaken } from './ports/leases.ts';
import type { Leases, Owned } from './ports/leases.ts';
import type { Log } from './ports/log.ts';

export interface AsOwnerNeeds {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Does its part until `signal` aborts and all that it has begun is over. Should it end early or throw, another process,
 * or this one, begins anew.
 */
export type OwnersWork = (fence: number, signal: AbortSignal) => Promise<void>;

const RETRY_MS = 1_000;

/** Runs `work` whenever this process is the owner of `name`. Resolves when `signal` has aborted and the work has ended. */
export async function asOwner(
  name: Owned,
  work: OwnersWork,
  { leases, clock, log }: AsOwnerNeeds,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const lease = await leases.take(name, signal);
      if (lease === null) return;
      log.info('this process is the owner', { of: name, fence: lease.fence });
      try {
        await work(lease.fence, lease.signal);
      } finally {
        await lease.release();
      }
      if (!signal.aborted) log.warn('this process is the owner no more', { of: name, fence: lease.fence });
    } catch (error) {
      if (error instanceof Overtaken) log.warn('another process is the owner', { of: name, error: String(error) });
      else log.alarm("an owner's part failed; trying again", { of: name, error: String(error) });
    }
    await clock.sleep(RETRY_MS, signal);
  }
}
