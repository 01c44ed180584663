/** Slows down guessing: so many failed logins for one e-mail address within a sliding window, in this process. */
const MOST = 10;
const WINDOW_MS = 15 * 60 * 1000;
const MOST_ADDRESSES = 10_000;

export interface FailedLogins {
  /**
   * Asks to try a login. A try counts as failed until `succeeded` is called, so that guesses at the same time count too.
   * Refused with the seconds until the next try is allowed.
   */
  begin(
    email: string,
  ): { readonly kind: 'allowed'; succeeded(): void } | { readonly kind: 'refused'; readonly retryAfterSeconds: number };
}

/** `now`: milliseconds of any clock that never goes back. */
export function createFailedLogins(now: () => number): FailedLogins {
  /** Moments of the failed tries, oldest first; the address that tried last stands last. */
  const tries = new Map<string, readonly number[]>();

  function keep(address: string, moments: readonly number[]): void {
    tries.delete(address);
    if (moments.length > 0) tries.set(address, moments);
    for (const [oldest, known] of tries) {
      const over = (known.at(-1) ?? 0) <= now() - WINDOW_MS;
      if (!over && tries.size <= MOST_ADDRESSES) break;
      tries.delete(oldest);
    }
  }

  return {
    begin(email) {
      const address = email.toLowerCase();
      const recent = (tries.get(address) ?? []).filter((moment) => moment > now() - WINDOW_MS);
      const oldest = recent[recent.length - MOST];
      if (oldest !== undefined) {
        return { kind: 'refused', retryAfterSeconds: Math.ceil((oldest + WINDOW_MS - now()) / 1000) };
      }
      const mine = now();
      keep(address, [...recent, mine]);
      return {
        kind: 'allowed',
        succeeded() {
          const known = tries.get(address) ?? [];
          const at = known.lastIndexOf(mine);
          if (at >= 0) keep(address, known.toSpliced(at, 1));
        },
      };
    },
  };
}
