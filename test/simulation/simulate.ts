/** One run of the simulation: a world, its traders and its troubles, until all is quiet; then its evidence. */
import { createHash } from 'node:crypto';
import type { Evidence, Violation } from '../chaos/check/evidence.ts';
import type { Rewire } from '../../src/bootstrap/container.ts';
import { violations } from '../chaos/check/violations.ts';
import { openDiary } from './deeds.ts';
import { evidenceOf } from './evidence.ts';
import { isNoticed } from './noticed.ts';
import { sentDespiteHalt } from './halts.ts';
import { createRandom } from './random.ts';
import { settle } from './settle.ts';
import { trade } from './traders.ts';
import { makeTroubles } from './troubles.ts';
import { createWorld } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly orders: number;
  readonly bug?: Rewire | null;
}

export interface SimulationResult {
  readonly seed: number;
  readonly orders: number;
  readonly acknowledged: number;
  readonly events: number;
  readonly brokerOrders: number;
  readonly executions: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly kinds: ReadonlyMap<string, number>;
  readonly alarms: ReadonlyMap<string, number>;
  readonly simulatedMs: number;
  readonly steps: number;
  /** Positions that are not the broker's, and known here not to be. */
  readonly noticed: number;
  readonly violations: readonly Violation[];
  /** Over the whole log and the broker's ledger: the same for the same seed. */
  readonly hash: string;
  readonly evidence: Evidence;
}

const RESTLESS: Violation = { invariant: 'I12', subject: 'the run', detail: 'it has not come to rest' };
const TRADING_WITHIN_MS = 6 * 3_600_000;

export async function simulate({ seed, orders, bug }: SimulationOptions): Promise<SimulationResult> {
  // What kind of world it is; drawn apart, so that the world's own chance does not depend on it.
  const character = createRandom(seed ^ 0x5eed);
  const world = createWorld({
    seed,
    rates: {
      changes: 0.3 + 0.2 * character.next(),
      reads: 0.05 + 0.15 * character.next(),
      statements: character.pick([0, 0.002, 0.01]),
      frames: character.pick([0.1, 0.3, 0.5]),
      crashPoints: character.pick([0, 0.002, 0.005]),
    },
    character: {
      idsUnique: character.pick(['for ever', 'among active orders']),
      countAfterBust: character.pick(['follows', 'stays']),
      partlyFilled: character.pick(['is not replaced', 'is replaced by the full quantity']),
    },
    bug: bug ?? null,
  });
  const { scheduler, faults } = world;
  const beginsAt = scheduler.now();
  const diary = openDiary();
  const pace = character.pick([1, 2]);
  const troubles = makeTroubles(world, [1_000, character.pick([5_000, 12_000])]);
  let left = false;
  const trading = trade(world, diary, { orders, every: [50, 1_500 * pace] }, character.between(6, 16)).then(() => {
    left = true;
  });
  await scheduler.run(() => left || scheduler.now() - beginsAt > TRADING_WITHIN_MS);
  if (!left) throw new Error(`seed ${seed}: the traders did not come to an end`);
  await trading;
  faults.stop();
  troubles.stop();
  const isAtRest = await settle(world);

  const evidence = await evidenceOf(world, diary);
  await world.close();
  const found = violations(evidence);
  const isExcused = (violation: Violation): boolean => isNoticed(violation, evidence.events, world.broker.venue);
  return {
    seed,
    orders: diary.wished,
    acknowledged: diary.acknowledged.size,
    events: evidence.events.length,
    brokerOrders: evidence.ledger.length,
    executions: evidence.ledger.reduce((sum, { executions }) => sum + executions.length, 0),
    faults: faults.counted,
    kinds: diary.kinds,
    alarms: counted(world.told.filter(({ level }) => level === 'alarm').map(({ message }) => message)),
    simulatedMs: scheduler.now() - beginsAt,
    steps: scheduler.stepsTaken(),
    noticed: found.filter(isExcused).length,
    violations: [
      ...(isAtRest ? [] : [RESTLESS]),
      ...found.filter((violation) => !isExcused(violation)),
      ...sentDespiteHalt(evidence.events, world.departures),
    ],
    hash: hashOf(evidence),
    evidence,
  };
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function hashOf({ events, ledger }: Evidence): string {
  const hash = createHash('sha256');
  for (const { position, hash: own } of events) hash.update(`${position} ${own}\n`);
  return hash.update(JSON.stringify(ledger)).digest('hex');
}
