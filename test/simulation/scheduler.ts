/**
 * Virtual time: a queue of steps, of which the seed chooses among those that are due together. Between two steps
 * everything that waits for nothing but the last one runs to its end, so a run is decided by its seed alone.
 */
import type { Random } from './random.ts';

/** Whose step it is: one of a life that has ended is never taken, one of a life that stands still is put off. */
export interface Life {
  readonly ended: boolean;
  /** Milliseconds since 1970; until then none of its steps is taken. */
  readonly stillUntil: number;
}

interface Step {
  at: number;
  readonly tie: number;
  readonly life: Life | null;
  act: (() => void) | null;
}

export interface Scheduler {
  /** Milliseconds since 1970, whole ones. */
  now(): number;
  /** The moment now as RFC 3339. */
  text(): string;
  /** Gives a way to take it back. */
  after(milliseconds: number, act: () => void, life?: Life): () => void;
  /** Takes steps until `over`, or until none is left. */
  run(over: () => boolean): Promise<void>;
  stepsTaken(): number;
}

export function createScheduler(random: Random, beginsAt: number): Scheduler {
  const queue = createQueue();
  let now = beginsAt;
  let taken = 0;

  return {
    now: () => now,
    text: () => new Date(now).toISOString(),
    after(milliseconds, act, life) {
      const at = now + Math.max(0, Math.round(milliseconds));
      const step: Step = { at, tie: random.next(), life: life ?? null, act };
      queue.add(step);
      return () => {
        step.act = null;
      };
    },
    async run(over) {
      while (!over()) {
        const step = queue.take();
        if (step === undefined) return;
        const { life, act } = step;
        if (act === null || life?.ended === true) continue;
        now = step.at;
        if (life !== null && life.stillUntil > now) {
          step.at = life.stillUntil;
          queue.add(step);
          continue;
        }
        taken += 1;
        act();
        await settled();
      }
    },
    stepsTaken: () => taken,
  };
}

/** Resolves when every promise that could go on has gone on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The earliest first; among those due together, the seed's choice. */
function createQueue(): { add(step: Step): void; take(): Step | undefined } {
  const heap: Step[] = [];
  const isBefore = (a: Step, b: Step): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie);
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b] as Step, heap[a] as Step];
  };
  const goesFirst = (a: number, b: number): boolean => a < heap.length && isBefore(heap[a] as Step, heap[b] as Step);
  return {
    add(step) {
      heap.push(step);
      for (let at = heap.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!goesFirst(at, parent)) return;
        swap(at, parent);
        at = parent;
      }
    },
    take() {
      if (heap.length === 0) return undefined;
      swap(0, heap.length - 1);
      const first = heap.pop();
      for (let at = 0; ;) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let least = at;
        if (goesFirst(left, least)) least = left;
        if (goesFirst(right, least)) least = right;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
