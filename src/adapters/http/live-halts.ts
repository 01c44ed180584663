/** Tells live connections what is halted: when they begin, and whenever that changes. */
import type { Log } from '../../application/ports/log.ts';
import type { Halts, InForce } from './halts.ts';
import type { LiveConnection } from './live-hub.ts';

export interface LiveHalts {
  greet(connection: LiveConnection): Promise<void>;
  /** Soon, unless that is about to happen anyway: a halt of many accounts moves on many times a second. */
  hurry(): void;
  /** Tells everybody to whom something else was told last. */
  refresh(): Promise<void>;
  close(): void;
}

export interface LiveHaltsNeeds {
  readonly halts: Halts;
  readonly connections: () => Iterable<LiveConnection>;
  readonly log: Log;
}

const TOLD_WITHIN_MS = 100;

export function createLiveHalts({ halts, connections, log }: LiveHaltsNeeds): LiveHalts {
  /** What each connection was told last. */
  const told = new WeakMap<LiveConnection, InForce>();
  let timer: NodeJS.Timeout | null = null;
  /** One after another, so that nobody is told an older state after a newer one. */
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work).catch((error: unknown) => {
      // What could not be read now is told with the next heartbeat.
      log.warn('what is halted could not be told', { error: String(error) });
    });
    return last;
  };
  const tell = async (connection: LiveConnection, inForce: InForce): Promise<void> => {
    connection.send({ type: 'halts', ...(await halts.seenBy(connection, inForce)) });
    told.set(connection, inForce);
  };

  const live: LiveHalts = {
    greet: (connection) => inTurn(async () => tell(connection, await halts.inForce())),
    hurry() {
      timer ??= setTimeout(() => {
        timer = null;
        void live.refresh();
      }, TOLD_WITHIN_MS);
    },
    refresh: () =>
      inTurn(async () => {
        const now = await halts.inForce();
        for (const connection of connections()) {
          const before = told.get(connection);
          if (before === undefined || !isSame(now, before)) await tell(connection, now);
        }
      }),
    close() {
      if (timer !== null) clearTimeout(timer);
    },
  };
  return live;
}

const isSame = (one: InForce, other: InForce): boolean =>
  one.killSwitch === other.killSwitch && JSON.stringify(one.mismatches) === JSON.stringify(other.mismatches);
