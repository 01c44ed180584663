import { START, type Position } from '../../../application/ports/event-store.ts';

export interface Progress {
  readonly reached: () => Position;
  readonly reach: (position: Position) => void;
  readonly waitFor: (position: Position, timeoutMs: number) => Promise<boolean>;
}

/** How far a loop has come, and those who wait for it to come further. */
export function createProgress(): Progress {
  const waiting = new Map<() => void, Position>();
  let reached: Position = START;

  function reach(position: Position): void {
    reached = position;
    for (const [arrive, wanted] of waiting) if (wanted <= position) arrive();
  }

  function waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    if (position <= reached) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (arrived: boolean): void => {
        clearTimeout(timer);
        waiting.delete(arrive);
        resolve(arrived);
      };
      const arrive = (): void => end(true);
      const timer = setTimeout(() => end(false), timeoutMs);
      waiting.set(arrive, position);
    });
  }

  return { reached: () => reached, reach, waitFor };
}
