/** What every proof has in common: how it is asked, and what it answers. */

export interface Asked {
  /** How often whatever is broken is broken. */
  readonly times: number;
  /** A number from 0 to below 1; the same ones in the same order for the same seed. */
  readonly random: () => number;
  /** Is told how it goes on. */
  readonly say: (line: string) => void;
}

export interface Verdict {
  /** What was counted and measured. */
  readonly facts: Readonly<Record<string, number | string>>;
  /** One line for each promise that was broken; empty when all were kept. */
  readonly broken: readonly string[];
}

export type Proof = (asked: Asked) => Promise<Verdict>;

/** This machine does not allow what the proof needs; nothing is proven, and nothing is refuted. */
export class NotPossibleHere extends Error {
  override readonly name = 'NotPossibleHere';
}

/** Mulberry32, by Tommy Ettinger: enough for choosing moments. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A line for each fact that is not as it must be. */
export const unless = (isKept: boolean, broken: string): readonly string[] => (isKept ? [] : [broken]);
