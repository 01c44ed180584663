/** The short form of `npm run chaos`: one world in which the product is killed at each point of the way of an order, and one bug. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { CrashPoint } from '../../src/application/ports/crash-points.ts';
import { BUGS } from './bugs/all.ts';
import { planWorld } from './plan/plan.ts';
import type { Crash } from './plan/world-plan.ts';
import { run } from './run.ts';

const exhibits = mkdtempSync(join(tmpdir(), 'tradsy-chaos-exhibits-'));
afterAll(() => rmSync(exhibits, { recursive: true }));
const { signal } = new AbortController();
const settings = { bug: null, worlds: 1, doubts: 'leave', exhibits, say: () => undefined } as const;

const at = (point: CrashPoint, pass: number): Crash => ({ kind: 'point', point, pass });
const CRASHES: readonly Crash[] = [
  at('after-admission', 2),
  at('after-order-placed', 3),
  at('after-claim', 4),
  at('amid-reconciliation', 20),
  at('after-broker-answer', 3),
  at('after-outcome-recorded', 5),
  at('before-fill-recorded', 4),
  at('after-fill-recorded', 4),
  at('after-fill-booked', 4),
  { kind: 'moment', afterMs: 400 },
];

it(
  'killed ten times on the way of its orders, the product loses none, doubles none and misses no fill',
  { timeout: 240_000 },
  async () => {
    const plan = planWorld(1, 0, CRASHES.length);
    const episodes = plan.episodes.map((episode, index) => ({ ...episode, crash: CRASHES[index] as Crash }));
    const [world] = await run([{ ...plan, episodes }], settings, signal);
    expect(world?.violations).toEqual([]);
    expect(world?.ending).not.toBeNull();
    expect(world?.episodes.filter(({ struck }) => struck).length).toBeGreaterThanOrEqual(8);
    expect(world?.acknowledged).toBeGreaterThan(20);
  },
);

it('a product that sends again in doubt is caught', { timeout: 240_000 }, async () => {
  const bug = BUGS.find(({ name }) => name === 'blind-retry');
  const [world] = await run([planWorld(1, 1, 8)], { ...settings, bug: bug?.name ?? '' }, signal);
  expect(world?.violations.map(({ invariant }) => invariant)).toContain('I2');
  expect(bug?.breaks).toContain('I2');
});
