/** A seeded source of numbers in [0, 1). */
export type Random = () => number;

/** 32-bit FNV-1a over the texts, with a final avalanche: the same parts always give the same number. */
export function hashOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    const word = String(part);
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x1f, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A small deterministic generator (a Weyl sequence with mixing) started from the given parts. */
export function randomFrom(...parts: readonly (string | number)[]): Random {
  let state = hashOf(...parts);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A bell-shaped number with mean 0 and deviation 1 from sums of uniform ones: exact on every machine. */
export function bell(random: Random): number {
  return (random() + random() + random() + random() - 2) * 1.7320508;
}
