/**
 * Slows down guessing. Failed logins are counted by client and e-mail address together, so that a guesser elsewhere does
 * not lock the owner out; and, with a wider limit, by e-mail address alone, for guessers who come from many places.
 */
import { createSlidingWindow } from './sliding-window.ts';

const MOST_OF_A_CLIENT = 10;
const MOST_OF_ALL_CLIENTS = 100;
const WINDOW_MS = 15 * 60 * 1000;

export interface FailedLogins {
  /**
   * Asks to try a login. A try counts as failed until `succeeded` is called, so that guesses at the same time count too.
   * Refused with the seconds until the next try is allowed.
   */
  begin(
    client: string,
    email: string,
  ): { readonly kind: 'allowed'; succeeded(): void } | { readonly kind: 'refused'; readonly retryAfterSeconds: number };
}

/** `now`: milliseconds of any clock that never goes back. */
export function createFailedLogins(now: () => number): FailedLogins {
  const ofClient = createSlidingWindow({ most: MOST_OF_A_CLIENT, windowMs: WINDOW_MS, now });
  const ofAll = createSlidingWindow({ most: MOST_OF_ALL_CLIENTS, windowMs: WINDOW_MS, now });

  return {
    begin(client, email) {
      const address = email.toLowerCase();
      const pair = `${client} ${address}`;
      const retryAfterSeconds = Math.max(ofClient.wait(pair), ofAll.wait(address));
      if (retryAfterSeconds > 0) return { kind: 'refused', retryAfterSeconds };
      const takeBack = [ofClient.count(pair), ofAll.count(address)];
      return {
        kind: 'allowed',
        succeeded() {
          for (const each of takeBack) each();
        },
      };
    },
  };
}
