/** Keeps one update stream for every linked account: begun when it is linked, ended when it is unlinked. */
import type { LinkedAccounts } from '../ports/broker.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Log } from '../ports/log.ts';
import type { FollowUpdates } from './follow-broker-updates.ts';

export interface FollowLinkedAccountsNeeds {
  readonly linked: LinkedAccounts;
  readonly follow: FollowUpdates;
  readonly clock: Clock;
  readonly log: Log;
  /** A signal that ends with `parent`, or when asked to. */
  readonly childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void };
}

/** An order that follows its account's link at once waits so long before the gate. */
const LOOK_EVERY_MS = 250;

/** Resolves when `signal` has aborted and every stream has ended. */
export function createFollowLinkedAccounts(needs: FollowLinkedAccountsNeeds): (signal: AbortSignal) => Promise<void> {
  const { linked, follow, clock, log, childOf } = needs;
  return async (signal) => {
    const followed = new Map<string, { abort(): void; readonly ended: Promise<void> }>();

    function begin(linkId: string, accountId: string): void {
      const child = childOf(signal);
      const ended = follow(accountId, child.signal)
        .catch((error: unknown) => log.alarm('following an account failed', { accountId, error: String(error) }))
        .finally(() => {
          child.abort();
          followed.delete(linkId);
        });
      followed.set(linkId, { abort: child.abort, ended });
    }

    while (!signal.aborted) {
      try {
        const links = await linked.all();
        for (const { linkId, accountId } of links) {
          if (!followed.has(linkId)) begin(linkId, accountId);
        }
        for (const [linkId, stream] of followed) {
          if (!links.some((link) => link.linkId === linkId)) stream.abort();
        }
      } catch (error) {
        log.warn('the linked accounts could not be read', { error: String(error) });
      }
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
    await Promise.all([...followed.values()].map((stream) => stream.ended));
  };
}
