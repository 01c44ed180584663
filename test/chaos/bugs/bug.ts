import type { Rewire } from '../../../src/bootstrap/container.ts';
import type { Invariant } from '../check/evidence.ts';

/** A bug that the harness must catch: another part behind a port of the product. */
export interface Bug {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly sentence: string;
  /** By which of these it must be caught. */
  readonly breaks: readonly Invariant[];
  readonly plant: Rewire;
}
