/** The loads of one value: only the latest counts, and none that was begun before the value came another way. */

export interface LoadTurns<T> {
  isUnderWay(): boolean;
  /** Ends the load under way and begins another one; exactly one of both is called unless it is ended. Returns what ends it. */
  begin(
    load: (signal: AbortSignal) => Promise<T>,
    ready: (value: T) => void,
    failed: (failure: unknown) => void,
  ): () => void;
  /** What the load under way would bring is too old by now: nothing of it is told. */
  end(): void;
}

export function createLoadTurns<T>(): LoadTurns<T> {
  let current: AbortController | null = null;

  function end(): void {
    current?.abort();
    current = null;
  }

  return {
    isUnderWay: () => current !== null,
    end,
    begin(load, ready, failed) {
      end();
      const own = new AbortController();
      current = own;
      const inTurn =
        <Outcome>(tell: (outcome: Outcome) => void) =>
        (outcome: Outcome): void => {
          if (current !== own) return;
          current = null;
          tell(outcome);
        };
      load(own.signal).then(inTurn(ready), inTurn(failed));
      return () => {
        if (current === own) end();
      };
    },
  };
}
