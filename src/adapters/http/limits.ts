/** How often one user, or one client, may ask for what costs the house more than an answer. */
import { isLoopback } from './client-address.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import { createSlidingWindow } from './sliding-window.ts';
import type { SlidingWindow } from './sliding-window.ts';

const WINDOW_MS = 60_000;
/** The house's key at the market data is shared by all users. */
const MOST_MARKET_DATA = 240;
/** Every order is recorded for good. */
const MOST_ORDER_ENTRIES = 300;
/** Hashing a password takes a good part of a processor's time, and memory. */
const MOST_PASSWORDS = 120;

/** A halt is never refused; what would be a game of halting and releasing, or of one work done again and again, ends here. */
const MOST_HALT_RELEASES = 20;
const MOST_HALT_RENEWALS = 20;

/** Each counts the request and gives null, or gives the refusal of one too many, which does not count. */
export interface Limits {
  readonly marketData: (userId: string) => Refusal | null;
  /** Placing and changing orders. */
  readonly orderEntry: (userId: string) => Refusal | null;
  /** Counts among the entries of orders, and is never refused: people must be able to get out. */
  readonly cancellation: (userId: string) => void;
  readonly haltRelease: (userId: string) => Refusal | null;
  /** Asking once more for what a halt that stands has done already. */
  readonly haltRenewal: (userId: string) => Refusal | null;
  /** Signing up and in, by client. One on this machine has no limit: whoever is here can harm us in other ways. */
  readonly passwords: (client: string) => Refusal | null;
}

/** `now`: milliseconds of any clock that never goes back. */
export function createLimits(now: () => number): Limits {
  const window = (most: number): SlidingWindow => createSlidingWindow({ most, windowMs: WINDOW_MS, now });
  const marketData = window(MOST_MARKET_DATA);
  const orderEntry = window(MOST_ORDER_ENTRIES);
  const passwords = window(MOST_PASSWORDS);
  const haltReleases = window(MOST_HALT_RELEASES);
  const haltRenewals = window(MOST_HALT_RENEWALS);

  return {
    marketData: (userId) => take(marketData, userId, 'Market data was asked for too often; wait a moment.'),
    orderEntry: (userId) =>
      take(orderEntry, userId, 'Too many orders within a minute; nothing was done. Wait a moment and try again.'),
    cancellation(userId) {
      orderEntry.count(userId);
    },
    haltRelease: (userId) => take(haltReleases, userId, 'Too many releases within a minute; wait a moment.'),
    haltRenewal: (userId) =>
      take(haltRenewals, userId, 'The halt stands; its work was asked for too often within a minute. Wait a moment.'),
    passwords: (client) =>
      isLoopback(client) ? null : take(passwords, client, 'Too many tries from this network; wait a moment.'),
  };
}

function take(window: SlidingWindow, key: string, detail: string): Refusal | null {
  const retryAfterSeconds = window.wait(key);
  if (retryAfterSeconds > 0) return refuse('too_many_requests', { detail, retryAfterSeconds });
  window.count(key);
  return null;
}
