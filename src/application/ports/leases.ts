/** What has one active owner at a time, among all processes that work on one database. */
export type Owned = 'book-fills' | 'order-desk' | 'kill-switch' | 'heads';

/**
 * Being the only process that does something. Promises, of which `leases.suite.ts` has the tests:
 *
 * - **One holder at a time** of each name.
 * - **A holder's end frees the lease at once**, and so does giving it up. One that is stopped or cut off loses it within
 *   four seconds, and knows it before the next one has it if it runs at all.
 * - **Each holder's fence is greater** than those of all holders before it. A process that was stopped learns of its loss
 *   only when it goes on, so a moment of two owners can not be ruled out: what an owner writes carries the fence, and is
 *   refused when a later owner has written already, or it is safe to be done by two.
 */
export interface Leases {
  /** Waits until the lease is free, and takes it; null when `signal` aborts first. Throws when the database fails. */
  take(name: Owned, signal: AbortSignal): Promise<Lease | null>;
}

export interface Lease {
  readonly fence: number;
  /** Aborts with the signal that was given to `take`, and when the lease is lost. */
  readonly signal: AbortSignal;
  /** Gives it up. To be called once all work has ended, also after a loss. */
  release(): Promise<void>;
}

/** A later owner has written already: whoever is refused like this is the owner no more, and must not try again. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}
