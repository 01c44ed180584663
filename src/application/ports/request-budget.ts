/**
 * How many requests each of a broker's keys may make, shared by all processes on one database. A key is what the broker
 * counts by: one linked account, or the house itself.
 */

/** By what hangs on a request, the most urgent first: getting out, getting in, learning what became of it, comparing. */
export const PRIORITIES = ['cancel', 'order', 'look-up', 'list'] as const;

export type RequestPriority = (typeof PRIORITIES)[number];

/** The turn did not come, or nobody can tell whether it has: the request must not be made. */
export class NoTurn extends Error {
  override readonly name = 'NoTurn';
}

/**
 * Promises, of which `request-budget.suite.ts` has the tests:
 *
 * - **Never more than the limit** is granted to a key in any window, by whichever processes, also while the clock is
 *   set back.
 * - **The most urgent goes first**, and of the same urgency who has waited longest, among the requests of one process.
 *   Between processes the reserves keep room for whatever is urgent.
 * - **Everyone has a reserve** that others can not use up, except that cancels may use all there is.
 * - **Cancels always go.** When the grants can not be asked for, they pass uncounted, and everything else waits.
 */
export interface RequestBudget {
  /**
   * Waits for its turn; the request must follow at once. Rejects with `NoTurn` when `signal` aborts first.
   */
  take(key: string, priority: RequestPriority, signal: AbortSignal): Promise<'granted'>;
  /**
   * The broker asked to come back later: nothing but cancels is granted to the key before so many milliseconds, to any
   * process. Never throws.
   */
  pause(key: string, milliseconds: number): Promise<void>;
}

/** What a key may do in one window. */
export interface Allowance {
  /** Requests in a window. */
  readonly limit: number;
  /** Of these, what is kept for each priority as long as it has not used it; all of them may share the rest. */
  readonly reserved: Readonly<Record<RequestPriority, number>>;
}

/** Alpaca counts 200 requests a minute; ten are left for what we can not count, such as cancels without a database. */
export const DEFAULT_LIMIT = 190;

/**
 * The shares of a limit that are reserved. With 190 requests: 38, 47, 15 and 7, so that orders alone can use up to 130,
 * look-ups 98, lists 90, and cancels all 190. Nobody cancels with the house's key; an order waits for its quotes and its
 * clock.
 */
const RESERVED: Readonly<Record<'account' | 'house', Readonly<Record<RequestPriority, number>>>> = {
  account: { cancel: 0.2, order: 0.25, 'look-up': 0.08, list: 0.04 },
  house: { cancel: 0, order: 0.3, 'look-up': 0.02, list: 0.1 },
};

/** What an account's key or the house's key may do with so many requests in a window. */
export function allowanceOf(kind: 'account' | 'house', limit: number): Allowance {
  const share = (priority: RequestPriority): number => Math.floor(limit * RESERVED[kind][priority]);
  return {
    limit,
    reserved: {
      cancel: share('cancel'),
      order: share('order'),
      'look-up': share('look-up'),
      list: share('list'),
    },
  };
}

/**
 * Whether one more request fits: what it adds to its own, and what all others have used or keep in reserve, whichever is
 * more. Cancels need not respect the reserves.
 */
export function fits(
  used: Readonly<Record<RequestPriority, number>>,
  { limit, reserved }: Allowance,
  asked: RequestPriority,
): boolean {
  const taken = PRIORITIES.map((each) =>
    asked === 'cancel' || each === asked ? used[each] : Math.max(used[each], reserved[each]),
  );
  return taken.reduce((sum, each) => sum + each, 0) < limit;
}

/**
 * Where what was granted is kept. Time is counted in slots; a window is so many of them that every window of the broker's
 * that can be laid, and the time that a request is on its way, lie inside.
 */
export interface RequestGrants {
  /** 0 when it is granted; else the milliseconds after which it could be. Throws when it can not tell. */
  take(key: string, priority: RequestPriority): Promise<number>;
  pause(key: string, milliseconds: number): Promise<void>;
}

export interface GrantWindow {
  readonly slotMs: number;
  readonly slots: number;
}

/**
 * Alpaca: a minute. Four seconds more, for a request is granted, waits for a connection (2 s) and travels, and may overtake
 * one that was granted before it. One slot more, because the one under way has only begun.
 */
export const MINUTE: GrantWindow = { slotMs: 1_000, slots: 60 + 4 + 1 };
