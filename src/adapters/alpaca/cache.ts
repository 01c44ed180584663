/** Answers that serve for a moment, and requests under way that are shared by all who wait for the same. */

export interface Cache<Value> {
  /** The answer that serves now, or the one that is on its way. */
  get(key: string): Promise<Value> | undefined;
  /** Keeps an answer that has been asked for: while it is on its way, and for its time after it came. A failure is not kept. */
  keep(key: string, answer: Promise<Value>): Promise<Value>;
}

export interface CacheLimits {
  /** Milliseconds from the moment an answer came. */
  readonly servesMs: number;
  /** With more keys than this, the oldest are forgotten. */
  readonly most: number;
  /** Milliseconds of any clock that never goes back. */
  readonly now: () => number;
}

interface Kept<Value> {
  readonly answer: Promise<Value>;
  /** Infinite while the answer is on its way. */
  readonly until: number;
}

export function createCache<Value>({ servesMs, most, now }: CacheLimits): Cache<Value> {
  const kept = new Map<string, Kept<Value>>();

  function put(key: string, entry: Kept<Value>): void {
    kept.delete(key);
    kept.set(key, entry);
    for (const [oldest, { until }] of kept) {
      if (until > now() && kept.size <= most) break;
      kept.delete(oldest);
    }
  }

  return {
    get(key) {
      const known = kept.get(key);
      return known !== undefined && known.until > now() ? known.answer : undefined;
    },
    keep(key, answer) {
      const entry: Kept<Value> = { answer, until: Infinity };
      put(key, entry);
      const isStillKept = (): boolean => kept.get(key) === entry;
      void answer.then(
        () => isStillKept() && put(key, { answer, until: now() + servesMs }),
        () => isStillKept() && kept.delete(key),
      );
      return answer;
    },
  };
}
