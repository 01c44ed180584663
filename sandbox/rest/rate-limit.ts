import type { Response } from 'express';
import { refuse } from '../failure.ts';
import type { Settings } from '../settings.ts';

const USUAL_LIMIT = 200;

export type RateLimiter = {
  /** Counts a request; refuses it with 429 when a limit is switched on and used up. */
  take(accountId: string): void;
  /** Sets the `X-RateLimit-*` headers. */
  describe(res: Response, accountId: string): void;
};

/**
 * Requests of each account: in clock minutes, one after another, or in any sixty seconds, where what is refused does not
 * count. Alpaca does not say which of the two it does.
 */
export function createRateLimiter(settings: Settings, real: () => number): RateLimiter {
  /** When each counted request came, the oldest first. */
  const counted = new Map<string, number[]>();

  /** What counts now. */
  function current(accountId: string): number[] {
    const { rate_window_ms: length, rate_windows: windows } = settings;
    const begin = windows === 'clock' ? Math.floor(real() / length) * length : real() - length;
    const known = counted.get(accountId) ?? [];
    const stale = known.findIndex((at) => at >= begin);
    known.splice(0, stale === -1 ? known.length : stale);
    counted.set(accountId, known);
    return known;
  }

  return {
    take(accountId) {
      const known = current(accountId);
      if (settings.rate_limit !== null && known.length >= settings.rate_limit)
        throw refuse(429, 42910000, 'rate limit exceeded');
      known.push(real());
    },
    describe(res, accountId) {
      const limit = settings.rate_limit ?? USUAL_LIMIT;
      const known = current(accountId);
      const length = settings.rate_window_ms;
      const begin = settings.rate_windows === 'clock' ? Math.floor(real() / length) * length : (known[0] ?? real());
      res.setHeader('X-RateLimit-Limit', String(limit));
      res.setHeader('X-RateLimit-Remaining', String(Math.max(0, limit - known.length - 1)));
      res.setHeader('X-RateLimit-Reset', String(Math.ceil((begin + length) / 1000)));
    },
  };
}
