/** What goes wrong, how often, and a count of what did. Everything stops to go wrong when the world is to settle. */
import type { Random } from './random.ts';

/** Of a request that would change something at the broker: did it arrive, and what came back. */
export const REQUEST_FAULTS = {
  refused: { arrives: false, answer: 'never_connected' },
  too_many_requests: { arrives: false, answer: 'come_back_later' },
  dropped_before: { arrives: false, answer: 'none' },
  reset_before: { arrives: false, answer: 'lost' },
  error_before: { arrives: false, answer: 'error' },
  dropped_after: { arrives: true, answer: 'none' },
  reset_after: { arrives: true, answer: 'lost' },
  error_after: { arrives: true, answer: 'error' },
  page_after: { arrives: true, answer: 'page' },
  cut_short: { arrives: true, answer: 'cut_short' },
  late: { arrives: true, answer: 'none' },
  very_late: { arrives: true, answer: 'none' },
} as const;

export type RequestFault = keyof typeof REQUEST_FAULTS;
export type FrameFault = 'dropped' | 'doubled' | 'delayed';

export interface FaultRates {
  /** Requests that change something; look-ups; statements of the database; messages of the update stream. */
  readonly changes: number;
  readonly reads: number;
  readonly statements: number;
  readonly frames: number;
  /** Processes that die at a named point of the order path, each time they pass one. */
  readonly crashPoints: number;
}

const TURNS_HELD = 0.05;

const WEIGHTS: Readonly<Record<RequestFault, number>> = {
  refused: 10,
  too_many_requests: 10,
  dropped_before: 10,
  reset_before: 8,
  error_before: 10,
  dropped_after: 10,
  reset_after: 8,
  error_after: 10,
  page_after: 6,
  cut_short: 6,
  late: 10,
  very_late: 2,
};

export interface Faults {
  ofChange(): RequestFault | null;
  ofRead(): 'lost' | 'error' | 'come_back_later' | null;
  /** Of waiting for a turn among the requests that the broker allows. */
  ofTurn(): 'late' | 'held' | null;
  ofStatement(): 'fails' | 'answer_lost' | null;
  ofFrame(): FrameFault | null;
  atCrashPoint(): boolean;
  /** Counts what another part did. */
  count(what: string): void;
  readonly counted: ReadonlyMap<string, number>;
  /** From now on nothing goes wrong. */
  stop(): void;
}

export function createFaults(random: Random, rates: FaultRates): Faults {
  const counted = new Map<string, number>();
  let stopped = false;
  const count = (what: string): void => void counted.set(what, (counted.get(what) ?? 0) + 1);
  function draw<Name extends string>(rate: number, kind: string, choose: () => Name): Name | null {
    if (stopped || !random.chance(rate)) return null;
    const name = choose();
    count(`${kind} ${name}`);
    return name;
  }
  return {
    ofChange: () => draw(rates.changes, 'request', () => random.weighed(WEIGHTS)),
    ofRead: () => draw(rates.reads, 'look-up', () => random.pick(['lost', 'error', 'come_back_later'] as const)),
    ofTurn: () => draw(TURNS_HELD, 'turn', () => random.pick(['late', 'held'] as const)),
    ofStatement: () => draw(rates.statements, 'statement', () => random.pick(['fails', 'answer_lost'] as const)),
    ofFrame: () => draw(rates.frames, 'frame', () => random.pick(['dropped', 'doubled', 'delayed'] as const)),
    atCrashPoint: () => draw(rates.crashPoints, 'crash', () => 'at a named point') !== null,
    count,
    counted,
    stop() {
      stopped = true;
    },
  };
}
