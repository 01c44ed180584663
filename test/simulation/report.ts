/** What a run has shown, for people and for programs. */
import { createHash } from 'node:crypto';
import { again } from './plan.ts';
import type { SimulationResult } from './simulate.ts';

export type WorldReport = Omit<SimulationResult, 'evidence'>;

export interface RunReport {
  readonly seed: number;
  readonly bug: string | null;
  readonly worlds: number;
  readonly orders: number;
  readonly acknowledged: number;
  readonly atTheBroker: number;
  readonly executions: number;
  readonly events: number;
  /** Processes that died, and those that were stopped or stood still. */
  readonly crashes: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly simulatedMs: number;
  readonly wallMs: number;
  readonly ordersPerMinute: number;
  /** Positions that are not the broker's, and known not to be. */
  readonly noticed: number;
  readonly violations: readonly { readonly world: string; readonly violation: string }[];
  /** Over the logs and ledgers of all worlds: the same for the same seed. */
  readonly hash: string;
  readonly ok: boolean;
}

const CRASHES = ['process crash', 'crash at a named point'];

export function reportOn(
  worlds: readonly WorldReport[],
  run: { readonly seed: number; readonly bug: string | null; readonly wallMs: number },
): RunReport {
  const sum = (of: (world: WorldReport) => number): number => worlds.reduce((total, world) => total + of(world), 0);
  const faults = new Map<string, number>();
  for (const world of worlds) {
    for (const [name, times] of world.faults) faults.set(name, (faults.get(name) ?? 0) + times);
  }
  const violations = worlds.flatMap((world) =>
    world.violations.map(({ invariant, subject, detail }) => ({
      world: again(world, run.bug),
      violation: `${invariant} ${subject}: ${detail}`,
    })),
  );
  const hash = createHash('sha256');
  for (const world of worlds) hash.update(world.hash);
  const orders = sum((world) => world.orders);
  return {
    seed: run.seed,
    bug: run.bug,
    worlds: worlds.length,
    orders,
    acknowledged: sum((world) => world.acknowledged),
    atTheBroker: sum((world) => world.brokerOrders),
    executions: sum((world) => world.executions),
    events: sum((world) => world.events),
    crashes: CRASHES.reduce((total, name) => total + (faults.get(name) ?? 0), 0),
    faults: Object.fromEntries([...faults].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    steps: sum((world) => world.steps),
    simulatedMs: sum((world) => world.simulatedMs),
    wallMs: Math.round(run.wallMs),
    ordersPerMinute: Math.round((orders / run.wallMs) * 60_000),
    noticed: sum((world) => world.noticed),
    violations,
    hash: hash.digest('hex'),
    ok: violations.length === 0,
  };
}

const SHOWN = 20;

export function printReport(report: RunReport, asJson: boolean): void {
  if (asJson) return console.log(JSON.stringify(report));
  const { faults, violations, ok, ...figures } = report;
  for (const [name, value] of Object.entries(figures)) {
    if (value !== null) console.log(`${name.padEnd(28)} ${String(value)}`);
  }
  for (const [name, times] of Object.entries(faults)) console.log(`  ${name.padEnd(26)} ${times}`);
  for (const { world, violation } of violations.slice(0, SHOWN)) console.log(`VIOLATED ${violation}\n  ${world}`);
  if (violations.length > SHOWN) console.log(`and ${violations.length - SHOWN} more`);
  console.log(ok ? 'Every invariant held.' : `${violations.length} violations.`);
}
