/** A whole run: worlds side by side, until all have ended well or something is violated in one of them. */
import { join } from 'node:path';
import type { Violation } from './check/evidence.ts';
import type { WorldPlan } from './plan/world-plan.ts';
import { runEpisode } from './world/episode.ts';
import type { EpisodeResult } from './world/episode.ts';
import { keepExhibits } from './world/exhibits.ts';
import { finishWorld } from './world/finish.ts';
import type { Ending } from './world/finish.ts';
import { openWorld } from './world/world.ts';
import type { World } from './world/world.ts';

export interface RunSettings {
  readonly bug: string | null;
  /** Worlds side by side. */
  readonly worlds: number;
  /** At the end of a world, whether orders that never reached the broker are waited for until they are given up. */
  readonly doubts: 'wait' | 'leave';
  /** Where the records of a world are left in which something is violated. */
  readonly exhibits: string;
  /** Is told how it goes on. */
  readonly say: (line: string) => void;
}

export interface Found extends Violation {
  readonly world: number;
  /** After which crash of the world, from 1. */
  readonly crash: number;
}

export interface WorldResult {
  readonly plan: WorldPlan;
  readonly episodes: readonly EpisodeResult[];
  /** Null when it was broken off. */
  readonly ending: Ending | null;
  readonly violations: readonly Found[];
  readonly acknowledged: number;
  /** What was injected, what was answered, and how many connections were made. */
  readonly counts: ReadonlyMap<string, number>;
  readonly answers: ReadonlyMap<string, number>;
}

/** Whatever happens, and whenever `signal` aborts, the worlds are closed before this ends. */
export async function run(
  plan: readonly WorldPlan[],
  settings: RunSettings,
  signal: AbortSignal,
): Promise<readonly WorldResult[]> {
  const { say, worlds, bug, doubts, exhibits } = settings;
  const total = plan.reduce((sum, { episodes }) => sum + episodes.length, 0);
  const waiting = plan.values();
  const results: Promise<WorldResult>[] = [];
  const open = new Set<World>();
  /** Nothing new is begun: something was found, or has failed. */
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal]);
  let crashes = 0;

  async function live(world: World, episodes: EpisodeResult[]): Promise<readonly Violation[]> {
    for (const episode of world.plan.episodes) {
      if (ending.aborted) return [];
      const result = await runEpisode(world, episode);
      episodes.push(result);
      crashes += 1;
      say(`${crashes} of ${total}: world ${world.plan.index}, ${lineOf(result)}`);
      if (result.violations.length > 0) return result.violations;
    }
    return [];
  }

  async function resultOf(
    world: World,
    episodes: readonly EpisodeResult[],
    ended: Ending | null,
    found: readonly Violation[],
  ): Promise<WorldResult> {
    const { index } = world.plan;
    if (found.length > 0) {
      over.abort();
      const folder = join(exhibits, `world-${index}`);
      await keepExhibits(world, folder);
      say(`the records of world ${index} are left in ${folder}`);
    }
    await world.close();
    open.delete(world);
    const { acknowledged, answers, wrongIds } = world.clients;
    if (wrongIds.length > 0) throw new Error(`order ids are made in another way now: ${wrongIds[0]}`);
    return {
      plan: world.plan,
      episodes,
      ending: ended,
      violations: found.map((each) => ({ ...each, world: index, crash: episodes.length })),
      acknowledged: acknowledged.length,
      counts: world.door.counts,
      answers,
    };
  }

  /** Resolves when the crashes of the world are over; what comes then goes on beside the next world. */
  async function begin(own: WorldPlan): Promise<void> {
    const world = await openWorld(own, bug);
    open.add(world);
    const episodes: EpisodeResult[] = [];
    const found = await live(world, episodes);
    const result =
      found.length > 0 || ending.aborted
        ? resultOf(world, episodes, null, found)
        : finishWorld(world, doubts, ending).then((ended) => resultOf(world, episodes, ended, ended?.violations ?? []));
    result.catch(() => over.abort());
    results.push(result);
  }

  async function side(): Promise<void> {
    for (let next = waiting.next(); !next.done && !ending.aborted; next = waiting.next()) await begin(next.value);
  }

  const sides = Array.from({ length: worlds }, side);
  for (const each of sides) each.catch(() => over.abort());
  try {
    await Promise.allSettled(sides);
    await Promise.all(sides);
    return await Promise.all(results);
  } finally {
    over.abort();
    await Promise.allSettled(results);
    for (const world of open) await world.close();
  }
}

function lineOf({ crash, struck, recovery, inFlight, violations }: EpisodeResult): string {
  const where = crash.kind === 'point' ? `${crash.point}:${crash.pass}` : `${crash.kind} +${crash.afterMs} ms`;
  const before =
    recovery.ms === null
      ? 'killed before it had recovered'
      : `recovered in ${recovery.ms} ms${recovery.ms > 2000 ? ` (${recovery.waitedFor})` : ''}`;
  const wrong = violations.length === 0 ? '' : `, ${violations.length} VIOLATIONS`;
  return `${before}, killed at ${where}${struck ? '' : ' (in the end)'}, ${inFlight} orders in flight${wrong}`;
}
