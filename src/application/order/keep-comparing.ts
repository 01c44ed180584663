/**
 * Comparing a followed account with the broker's records every so often: its positions every minute, its orders less often,
 * since a sweep looks after the unfinished ones all the time.
 */
import type { Cause } from '../handle.ts';
import type { BrokerAccess } from '../ports/broker.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Log } from '../ports/log.ts';
import type { ComparePositions } from '../risk-policy/compare-positions.ts';
import type { ReportRevoked } from '../account/link-broker.ts';
import type { ReconcileAccount } from './reconcile-account.ts';

export interface KeepComparingNeeds {
  readonly reconcile: ReconcileAccount;
  readonly comparePositions: ComparePositions;
  readonly reportRevoked: ReportRevoked;
  readonly clock: Clock;
  readonly log: Log;
  /** A signal that ends with `parent`, or when asked to. */
  readonly childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void };
}

/** `now` has the positions compared at once; the orders were, just before. `ended` resolves when `signal` has aborted. */
export type KeepComparing = (
  access: BrokerAccess,
  cause: () => Cause,
  signal: AbortSignal,
) => { now(): void; readonly ended: Promise<void> };

const EVERY_MS = 60_000;
/** Until a difference has proven to be one, or none. */
const SOON_MS = 10_000;
const ORDERS_EVERY = 2;
/** Every so often the whole day is looked at. */
const DAY_EVERY = 60;

export function createKeepComparing(needs: KeepComparingNeeds): KeepComparing {
  const { reconcile, comparePositions, clock, log, childOf } = needs;
  return (access, cause, signal) => {
    let nap = childOf(signal);
    let turns = 0;
    let isReconciled = false;

    async function compare(): Promise<number> {
      try {
        turns += 1;
        if (!isReconciled && turns % ORDERS_EVERY === 0) {
          const reach = turns % DAY_EVERY === 0 ? 'day' : 'hour';
          const reconciled = await reconcile(access, cause(), reach);
          if (reconciled === 'unauthorized')
            await needs.reportRevoked(access, 'The broker takes the token no more.', cause());
        }
        isReconciled = false;
        return (await comparePositions(access, cause(), signal)) === 'unsettled' ? SOON_MS : EVERY_MS;
      } catch (error) {
        log.warn('an account could not be compared with the broker', {
          accountId: access.accountId,
          error: String(error),
        });
        return EVERY_MS;
      }
    }

    async function run(): Promise<void> {
      await clock.sleep(EVERY_MS, nap.signal);
      while (!signal.aborted) {
        nap = childOf(signal);
        const wait = await compare();
        await clock.sleep(wait, nap.signal);
      }
    }

    return {
      now() {
        isReconciled = true;
        nap.abort();
      },
      ended: run(),
    };
  };
}
