import { expect, it } from 'vitest';
import { CRASH_POINTS } from '../../../src/application/ports/crash-points.ts';
import { createFaults } from '../broker/faults.ts';
import type { Act } from './world-plan.ts';
import { CRASHES_A_WORLD, digestOf, planRun } from './plan.ts';

const acts = (seed: number, crashes: number): readonly Act[] =>
  planRun(seed, crashes).flatMap(({ episodes }) =>
    episodes.flatMap(({ alive, dead }) => [...alive.map(({ act }) => act), ...dead]),
  );

it('the same seed gives the same plan, another seed another one', () => {
  expect(digestOf(planRun(7, 60))).toBe(digestOf(planRun(7, 60)));
  expect(digestOf(planRun(7, 60))).not.toBe(digestOf(planRun(8, 60)));
});

it('a world is the same in every run that is long enough', () => {
  const [short, long] = [planRun(7, 2 * CRASHES_A_WORLD), planRun(7, 500)];
  expect(long.slice(0, 2)).toEqual(short);
  expect(long.flatMap(({ episodes }) => episodes)).toHaveLength(500);
});

it('both kinds of brokers take turns: those who remember ids for ever, and those who forget finished ones', () => {
  expect(planRun(7, 100).map(({ clientOrderIds }) => clientOrderIds)).toEqual([
    'forever',
    'active',
    'forever',
    'active',
  ]);
});

it('every crash point has its turn, and so have moments without a name', () => {
  const crashes = planRun(1, 100).flatMap(({ episodes }) => episodes.map(({ crash }) => crash));
  expect(new Set(crashes.map((crash) => (crash.kind === 'point' ? crash.point : crash.kind)))).toEqual(
    new Set([...CRASH_POINTS, 'moment', 'start']),
  );
});

it('a fifth of the clients and more gives up after one failure, and every kind of act is planned', () => {
  const planned = acts(1, 100);
  const orders = planned.flatMap((act) => (act.do === 'place' ? [act.what] : []));
  expect(orders.filter(({ patient }) => !patient).length / orders.length).toBeGreaterThan(0.2);
  expect(orders.length / 100).toBeGreaterThan(10);
  expect(new Set(planned.map((act) => act.do))).toEqual(
    new Set(['place', 'halt', 'resume', 'cancel', 'replace', 'trespass', 'price', 'fill', 'hold', 'elsewhere']),
  );
});

it('faults follow from the seed, and meet three of ten order requests and more', () => {
  const [first, again, other] = [createFaults(1), createFaults(1), createFaults(2)];
  const drawn = (faults: typeof first): readonly (string | null)[] =>
    Array.from({ length: 2_000 }, (_, nth) => faults.request('place', `order-${nth % 500}`, nth)?.name ?? null);
  expect(drawn(first)).toEqual(drawn(again));
  expect(drawn(first)).not.toEqual(drawn(other));
  const share = drawn(first).filter((name) => name !== null).length / 2_000;
  expect(share).toBeGreaterThan(0.35);
  const frames = Array.from({ length: 4_000 }, (_, nth) => first.frame('order-1/fill', nth).name);
  const shareOf = (name: string): number => frames.filter((each) => each === name).length / frames.length;
  expect(shareOf('dropped')).toBeCloseTo(0.12, 1);
  expect(shareOf('duplicated')).toBeCloseTo(0.15, 1);
});
