import type { Response } from 'express';
import { refuse } from '../failure.ts';
import type { Settings } from '../settings.ts';

const USUAL_LIMIT = 200;
const WINDOW = 60_000;

export type RateLimiter = {
  /** Counts a request; refuses it with 429 when a limit is switched on and used up. */
  take(accountId: string): void;
  /** Sets the `X-RateLimit-*` headers. */
  describe(res: Response, accountId: string): void;
};

/** Requests per account and clock minute, as Alpaca counts them. */
export function createRateLimiter(settings: Settings, real: () => number): RateLimiter {
  const used = new Map<string, { window: number; count: number }>();
  const current = (accountId: string): { window: number; count: number } => {
    const window = Math.floor(real() / WINDOW);
    const known = used.get(accountId);
    if (known?.window === window) return known;
    const fresh = { window, count: 0 };
    used.set(accountId, fresh);
    return fresh;
  };
  return {
    take(accountId) {
      const usage = current(accountId);
      usage.count += 1;
      if (settings.rate_limit !== null && usage.count > settings.rate_limit)
        throw refuse(429, 42910000, 'rate limit exceeded');
    },
    describe(res, accountId) {
      const limit = settings.rate_limit ?? USUAL_LIMIT;
      const usage = current(accountId);
      res.setHeader('X-RateLimit-Limit', String(limit));
      res.setHeader('X-RateLimit-Remaining', String(Math.max(0, limit - usage.count - 1)));
      res.setHeader('X-RateLimit-Reset', String(((usage.window + 1) * WINDOW) / 1000));
    },
  };
}
