/** Chance that can be repeated: every draw follows from the seed and from what it is about, never from when it is made. */
import { randomFrom } from '../../proofs/proof.ts';

/** A number from 0 to below 1. */
export function chance(seed: number, ...about: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of about.join('/')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return randomFrom(hash)();
}

/** Draws one after another, about one thing. */
export function dice(seed: number, ...about: readonly (string | number)[]) {
  const next = randomFrom(Math.floor(chance(seed, ...about) * 2 ** 32));
  return {
    next,
    happens: (probability: number): boolean => next() < probability,
    /** A whole number from `least` to `most`. */
    whole: (least: number, most: number): number => least + Math.floor(next() * (most - least + 1)),
    oneOf: <T>(list: readonly [T, ...T[]] | readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  };
}

export type Dice = ReturnType<typeof dice>;

/** The entry that a draw falls on, each with its weight; null for what the weights leave of 1. */
export function weighed<T>(draw: number, entries: readonly { readonly weight: number; readonly entry: T }[]): T | null {
  let left = draw;
  for (const { weight, entry } of entries) {
    if (left < weight) return entry;
    left -= weight;
  }
  return null;
}
