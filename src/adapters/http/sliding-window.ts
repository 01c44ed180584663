/** Counts what happens within a window of time that ends now, for each key, in this process. */

export interface SlidingWindow {
  /** Whole seconds until the key has room for one more; 0 when it has room now. */
  wait(key: string): number;
  /** Counts one, whether there is room or not; the function it gives back takes it off again. */
  count(key: string): () => void;
}

export interface SlidingWindowLimits {
  /** So many have room in any window. */
  readonly most: number;
  readonly windowMs: number;
  /** Milliseconds of any clock that never goes back. */
  readonly now: () => number;
}

/** With more keys than this, the one that was counted longest ago is forgotten. */
const MOST_KEYS = 10_000;

export function createSlidingWindow({ most, windowMs, now }: SlidingWindowLimits): SlidingWindow {
  /** The newest `most` moments of each key, oldest first; the key that was counted last stands last. */
  const moments = new Map<string, readonly number[]>();

  const recent = (key: string): readonly number[] =>
    (moments.get(key) ?? []).filter((moment) => moment > now() - windowMs);

  function forgetOld(): void {
    for (const [key, known] of moments) {
      const isOver = (known.at(-1) ?? -Infinity) <= now() - windowMs;
      if (!isOver && moments.size <= MOST_KEYS) break;
      moments.delete(key);
    }
  }

  return {
    wait(key) {
      const known = recent(key);
      const oldest = known[0];
      if (oldest === undefined || known.length < most) return 0;
      return Math.ceil((oldest + windowMs - now()) / 1000);
    },
    count(key) {
      const mine = now();
      const known = [...recent(key), mine].slice(-most);
      moments.delete(key);
      moments.set(key, known);
      forgetOld();
      return () => {
        const counted = moments.get(key) ?? [];
        const at = counted.lastIndexOf(mine);
        if (at >= 0) moments.set(key, counted.toSpliced(at, 1));
      };
    },
  };
}
