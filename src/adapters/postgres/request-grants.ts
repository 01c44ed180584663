/** What was granted to each key of a broker, by all processes on one database (migration 0018). */
import type { Pool } from 'pg';
import { PRIORITIES } from '../../application/ports/request-budget.ts';
import type { Allowance, GrantWindow, RequestGrants } from '../../application/ports/request-budget.ts';

export interface PostgresGrantsOptions {
  readonly window: GrantWindow;
  readonly allowance: (key: string) => Allowance;
}

/**
 * A grant that comes later is not used, though it counts: the time until its request arrives is part of the window.
 */
const ANSWER_WITHIN_MS = 1_000;

/** One short statement a request, timed by the database's clock. */
export function createPostgresGrants(pool: Pool, { window, allowance }: PostgresGrantsOptions): RequestGrants {
  const { slotMs, slots } = window;
  return {
    async take(key, priority) {
      const { limit, reserved } = allowance(key);
      const shares = PRIORITIES.map((each) => reserved[each]);
      const { rows } = await inTime(
        pool.query<{ readonly wait: number }>({
          name: 'take-request',
          text: 'select public.take_request($1, $2, $3, $4, $5, $6) as wait',
          values: [key, PRIORITIES.indexOf(priority) + 1, slotMs, slots, limit, shares],
        }),
      );
      return rows[0]!.wait;
    },
    async pause(key, milliseconds) {
      await inTime(
        pool.query({
          name: 'pause-requests',
          text: 'select public.pause_requests($1, $2, $3)',
          values: [key, Math.ceil(milliseconds), slotMs],
        }),
      );
    },
  };
}

async function inTime<Result>(statement: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the database did not answer in time')), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([statement, late]);
  } finally {
    clearTimeout(timer);
  }
}
