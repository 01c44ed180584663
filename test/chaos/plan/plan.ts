/** What a run does, all of it drawn from the seed before anything begins: worlds, and in each of them crash after crash. */
import { createHash } from 'node:crypto';
import { dice } from './chance.ts';
import { planEpisodes } from './episodes.ts';
import type { WorldPlan } from './world-plan.ts';

/** After so many crashes a world is closed and judged, and a new one begun, so that none has a long past to reconcile. */
export const CRASHES_A_WORLD = 25;

export function planWorld(seed: number, index: number, crashes: number): WorldPlan {
  const die = dice(seed, 'world', index);
  return {
    index,
    seed: die.whole(1, 2 ** 31),
    clientOrderIds: index % 2 === 0 ? 'forever' : 'active',
    frames: die.oneOf(['binary', 'text']),
    partialFills: die.oneOf([0, 0.3]),
    ackMs: die.oneOf([5, 20, 60]),
    cancelMs: die.oneOf([5, 20, 120]),
    ...planEpisodes(seed, index, crashes),
  };
}

/** The worlds of a run with so many crashes. A world is the same in every run that is long enough. */
export function planRun(seed: number, crashes: number): readonly WorldPlan[] {
  const worlds: WorldPlan[] = [];
  for (let left = crashes; left > 0; left -= CRASHES_A_WORLD)
    worlds.push(planWorld(seed, worlds.length, Math.min(left, CRASHES_A_WORLD)));
  return worlds;
}

/** The same for the same plan: sixteen hexadecimal digits. */
export const digestOf = (plan: readonly WorldPlan[]): string =>
  createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);
