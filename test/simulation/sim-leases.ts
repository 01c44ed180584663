/** The leases of all processes: one holder at a time, free when it dies, lost by one that stands still for too long. */
import type { Lease, Leases, Owned } from '../../src/application/ports/leases.ts';
import type { ProcessLife } from './life.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** The server ends the session of a holder that has said nothing for this long. */
const SESSION_ENDS_AFTER_MS = 3_000;
const LOOK_EVERY_MS = 250;

interface Held {
  readonly life: ProcessLife;
  lose(): void;
}

export interface SimLeases {
  of(life: ProcessLife): Leases;
  /** To be told when a process is made to stand still. */
  standsStill(life: ProcessLife): void;
}

export function createSimLeases(scheduler: Scheduler, random: Random): SimLeases {
  const holders = new Map<Owned, Held>();
  const fences = new Map<Owned, number>();

  function free(name: Owned, held: Held): void {
    if (holders.get(name) === held) holders.delete(name);
  }

  function hold(name: Owned, life: ProcessLife, signal: AbortSignal): Lease {
    const lost = new AbortController();
    const held: Held = { life, lose: () => life.after(random.between(0, 300), () => lost.abort()) };
    holders.set(name, held);
    const fence = (fences.get(name) ?? 0) + 1;
    fences.set(name, fence);
    life.onEnd(() => scheduler.after(random.between(0, 20), () => free(name, held)));
    return {
      fence,
      signal: AbortSignal.any([signal, lost.signal]),
      release: () => life.ask(1, () => free(name, held), 1),
    };
  }

  return {
    of: (life) => ({
      async take(name, signal) {
        while (!signal.aborted) {
          const lease = await life.read(random.between(1, 3), () =>
            holders.has(name) || signal.aborted ? null : hold(name, life, signal),
          );
          if (lease !== null) return lease;
          await life.clock.sleep(LOOK_EVERY_MS, signal);
        }
        return null;
      },
    }),
    standsStill(life) {
      scheduler.after(SESSION_ENDS_AFTER_MS, () => {
        if (life.stillUntil <= scheduler.now()) return;
        for (const [name, held] of holders) {
          if (held.life !== life) continue;
          free(name, held);
          held.lose();
        }
      });
    },
  };
}
