/** What was granted to each key, in this process only and gone with it: for tests, and for one process on its own. */
import { PRIORITIES, fits } from '../../application/ports/request-budget.ts';
import type { Allowance, GrantWindow, RequestGrants, RequestPriority } from '../../application/ports/request-budget.ts';

export interface MemoryGrantsOptions {
  readonly window: GrantWindow;
  readonly allowance: (key: string) => Allowance;
  /** Milliseconds; may go back. */
  readonly now: () => number;
}

type Counts = Record<RequestPriority, number>;

interface Kept {
  /** The newest slot that was counted in. */
  slot: number;
  /** What was granted in it and in those before, the newest first. */
  used: Counts[];
  /** Slots still to pass before anything but a cancel is granted. */
  paused: number;
}

const nothing = (): Counts => ({ cancel: 0, order: 0, 'look-up': 0, list: 0 });

export function createMemoryGrants({ window, allowance, now }: MemoryGrantsOptions): RequestGrants {
  const { slotMs, slots } = window;
  const keys = new Map<string, Kept>();

  /** The key's counts, moved on to the present slot. A clock that was set back passes no time. */
  function present(key: string): Kept {
    const slot = Math.floor(now() / slotMs);
    const kept = keys.get(key) ?? { slot, used: [nothing()], paused: 0 };
    keys.set(key, kept);
    const passed = Math.min(Math.max(slot - kept.slot, 0), slots);
    kept.used = [...Array.from({ length: passed }, nothing), ...kept.used].slice(0, slots);
    kept.paused = Math.max(kept.paused - passed, 0);
    kept.slot = slot;
    return kept;
  }

  /** Milliseconds until so many slots from now begin. */
  const untilSlot = ({ slot }: Kept, later: number): number => (slot + later) * slotMs - now();

  return {
    async take(key, priority) {
      const kept = present(key);
      if (kept.paused > 0 && priority !== 'cancel') return untilSlot(kept, kept.paused);
      const sums = nothing();
      for (const counts of kept.used) for (const each of PRIORITIES) sums[each] += counts[each];
      const allowed = allowance(key);
      if (fits(sums, allowed, priority)) {
        const newest = kept.used[0];
        if (newest !== undefined) newest[priority] += 1;
        return 0;
      }
      for (let later = 1; later < slots; later += 1) {
        const leaving = kept.used[slots - later] ?? nothing();
        for (const each of PRIORITIES) sums[each] -= leaving[each];
        if (fits(sums, allowed, priority)) return untilSlot(kept, later);
      }
      return untilSlot(kept, slots);
    },
    async pause(key, milliseconds) {
      const kept = present(key);
      kept.paused = Math.max(kept.paused, Math.ceil(milliseconds / slotMs) + 1);
    },
  };
}
