import { hash, verify } from '@node-rs/argon2';
import { TooBusy } from '../../application/ports/identity.ts';
import type { Passwords } from '../../application/ports/identity.ts';

/** argon2id with OWASP's first parameters: 19 MiB, 2 passes, 1 lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const MOST_WAITING = 100;

/**
 * Password hashes by argon2id, one at a time: hashing shares its threads with name look-ups, and a flood of logins must
 * not hold up the connection to the broker. Throws `TooBusy` when too many wait.
 */
export function createPasswords(): Passwords {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const unknownUser = hash('nobody has this password', COST);

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= MOST_WAITING) return Promise.reject(new TooBusy('too many passwords are being checked'));
    waiting += 1;
    const mine = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    hash: (password) => inTurn(() => hash(password, COST)),
    matches: (password, known) =>
      inTurn(async () => {
        const matches = await verify(known ?? (await unknownUser), password);
        return matches && known !== null;
      }),
  };
}
