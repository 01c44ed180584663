/** What a run has shown: for programs, and for people. */
import type { CrashPoint } from '../../src/application/ports/crash-points.ts';
import { CRASH_POINTS } from '../../src/application/ports/crash-points.ts';
import type { Invariant } from './check/evidence.ts';
import { INVARIANTS } from './check/violations.ts';
import type { Found, WorldResult } from './run.ts';

/** Longer may no recovery take. */
const RECOVERY_LIMIT_MS = 5_000;

export interface Verdict {
  readonly crashes: number;
  readonly orders: number;
  readonly lost: number;
  readonly doubled: number;
  readonly missedFills: number;
  readonly doubleFills: number;
  readonly falseTerminals: number;
  readonly recoveryMsMax: number;
  readonly ok: boolean;
}

const foundIn = (worlds: readonly WorldResult[]): readonly Found[] => worlds.flatMap(({ violations }) => violations);

const recoveriesIn = (worlds: readonly WorldResult[]): readonly number[] =>
  worlds
    .flatMap(({ episodes, ending }) => [...episodes, ending])
    .flatMap((each) => (each === null || each.recovery.ms === null ? [] : [each.recovery.ms]))
    .toSorted((a, b) => a - b);

export function verdictOf(worlds: readonly WorldResult[]): Verdict {
  const found = foundIn(worlds);
  const count = (invariant: Invariant): number => found.filter((each) => each.invariant === invariant).length;
  const recoveryMsMax = recoveriesIn(worlds).at(-1) ?? 0;
  return {
    crashes: worlds.reduce((sum, { episodes }) => sum + episodes.length, 0),
    orders: worlds.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    lost: count('I1'),
    doubled: count('I2'),
    missedFills: count('I3'),
    doubleFills: count('I4'),
    falseTerminals: count('I5'),
    recoveryMsMax,
    ok: found.length === 0 && recoveryMsMax <= RECOVERY_LIMIT_MS,
  };
}

export function reportOf(worlds: readonly WorldResult[]): readonly string[] {
  const { crashes, orders, ok } = verdictOf(worlds);
  const recoveries = recoveriesIn(worlds);
  const at = (share: number): number =>
    recoveries[Math.min(recoveries.length - 1, Math.floor(share * recoveries.length))] ?? 0;
  const inFlight = worlds.flatMap(({ episodes }) => episodes).reduce((sum, episode) => sum + episode.inFlight, 0);
  const doubts = worlds.flatMap(({ ending }) => (ending === null ? [] : [ending]));
  const counts = summed(worlds.map((world) => world.counts));
  const requests = ['place', 'change', 'cancel'].reduce((sum, verb) => sum + (counts.get(`${verb} requests`) ?? 0), 0);
  const faults = [...counts]
    .filter(([what]) => !/requests$|^frames|^look-up/.test(what))
    .reduce((sum, [, n]) => sum + n, 0);
  return [
    `crashes                ${crashes}`,
    `orders answered        ${orders}`,
    `in flight at a crash   ${inFlight}`,
    `recovery               p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms, of ${recoveries.length}`,
    ...slowest(worlds).map((line) => `  slow: ${line}`),
    `never at the broker    ${doubts.reduce((sum, each) => sum + each.neverReceived, 0)}, given up after at most ${(Math.max(0, ...doubts.map((each) => each.longestDoubtMs)) / 1000).toFixed(1)} s`,
    `order requests         ${requests}, of which ${faults} met a fault (${((100 * faults) / Math.max(1, requests)).toFixed(1)} %)`,
    '',
    'Injected:',
    ...lines(counts),
    '',
    'Answers:',
    ...lines(summed(worlds.map((world) => world.answers))),
    '',
    'Crash points (struck / planned):',
    ...CRASH_POINTS.map((point) => `  ${point.padEnd(28)} ${struckAt(worlds, point).join(' / ')}`),
    '',
    ...foundIn(worlds)
      .slice(0, 20)
      .map(
        (each) =>
          `VIOLATED ${each.invariant} ${INVARIANTS[each.invariant].name}: ${each.subject}: ${each.detail} (world ${each.world}, crash ${each.crash})`,
      ),
    ok ? 'All invariants hold.' : `NOT OK: ${foundIn(worlds).length} violations, recovery max ${at(1)} ms.`,
  ];
}

/** What the slowest recoveries waited for. */
const slowest = (worlds: readonly WorldResult[]): readonly string[] =>
  worlds
    .flatMap(({ plan, episodes }) => episodes.map(({ recovery }, index) => ({ ...recovery, world: plan.index, index })))
    .filter(({ ms }) => (ms ?? 0) > RECOVERY_LIMIT_MS / 2)
    .toSorted((a, b) => (b.ms ?? 0) - (a.ms ?? 0))
    .slice(0, 5)
    .map(
      ({ ms, waitedFor, world, index }) =>
        `${ms} ms (world ${world}, start ${index + 1}), for ${waitedFor ?? 'being ready'}`,
    );

function struckAt(worlds: readonly WorldResult[], point: CrashPoint): readonly [struck: number, planned: number] {
  const planned = worlds
    .flatMap(({ episodes }) => episodes)
    .filter(({ crash }) => crash.kind === 'point' && crash.point === point);
  return [planned.filter(({ struck }) => struck).length, planned.length];
}

function summed(all: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const counts of all) for (const [what, n] of counts) sum.set(what, (sum.get(what) ?? 0) + n);
  return sum;
}

const lines = (counts: ReadonlyMap<string, number>): readonly string[] =>
  [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([what, n]) => `  ${what.padEnd(36)} ${n}`);
