/** How a run is cut into worlds: each has a seed of its own, so a world that fails is run again alone. */
import { createRandom } from './random.ts';

export interface PlannedWorld {
  readonly seed: number;
  readonly orders: number;
}

/** A world with more orders takes longer for each: everything in it gets longer. */
const ORDERS_A_WORLD = 500;

/** So many orders for each of the seeds, in worlds of at most 500. The first world of a seed has this very seed. */
export function worldsOf(run: {
  readonly orders: number;
  readonly seed: number;
  readonly seeds: number;
}): readonly PlannedWorld[] {
  return Array.from({ length: run.seeds }, (_, index) => run.seed + index).flatMap((seed) => {
    const others = createRandom(seed).branch();
    return Array.from({ length: Math.ceil(run.orders / ORDERS_A_WORLD) }, (_, world) => ({
      seed: world === 0 ? seed : others.between(1_000_000, 2_000_000_000),
      orders: Math.min(ORDERS_A_WORLD, run.orders - world * ORDERS_A_WORLD),
    }));
  });
}

/** How a world is run again. */
export const again = ({ seed, orders }: PlannedWorld, bug: string | null): string =>
  `npm run simulate -- --orders ${orders} --seed ${seed}${bug === null ? '' : ` --bug ${bug}`}`;
