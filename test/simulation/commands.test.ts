/** Any sequence of what people, the broker and processes can do leaves every invariant whole; a failure is made small. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { violations } from '../chaos/check/violations.ts';
import { cancel, join, openDiary, place, replace } from './deeds.ts';
import type { Diary, Trader } from './deeds.ts';
import { evidenceOf } from './evidence.ts';
import type { Random } from './random.ts';
import { settle } from './settle.ts';
import { wish } from './tickets.ts';
import type { Wish } from './tickets.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

interface Real {
  readonly world: World;
  readonly random: Random;
  readonly trader: Trader;
  readonly diary: Diary;
  /** What was wished for so far; an order's id comes with the first answer. */
  readonly wishes: { readonly terms: Wish; readonly requestId: string; orderId: string | null }[];
}

/** Plain data, so that a failing sequence can be read. `order` names one of the wishes so far. */
type Step =
  | { readonly do: 'place' | 'crash' | 'stop' | 'start' }
  | { readonly do: 'place again' | 'cancel' | 'replace'; readonly order: number }
  | { readonly do: 'stand still' | 'outage'; readonly milliseconds: number };

/** Lets the world go on for a while. */
async function pass({ scheduler }: World, milliseconds: number): Promise<void> {
  let over = false;
  scheduler.after(milliseconds, () => (over = true));
  await scheduler.run(() => over);
}

function ask({ world, random, trader, diary }: Real, wanted: Real['wishes'][number]): void {
  void place(world, random.branch(), trader, wanted.terms, wanted.requestId, 1, diary).then((orderId) => {
    wanted.orderId ??= orderId;
  });
}

function perform(step: Step, real: Real): void {
  const { world, random, trader, diary, wishes } = real;
  const wanted = 'order' in step ? wishes[step.order % wishes.length] : undefined;
  const [process] = world.processes();
  switch (step.do) {
    case 'place': {
      const wished = { terms: wish(random), requestId: random.uuid(), orderId: null };
      wishes.push(wished);
      return ask(real, wished);
    }
    case 'place again':
      return wanted === undefined ? undefined : ask(real, wanted);
    case 'cancel':
      if (wanted?.orderId != null) void cancel(world, random.branch(), trader, wanted.orderId, diary);
      return;
    case 'replace':
      if (wanted?.orderId != null) void replace(world, random.branch(), trader, wanted.orderId, wanted.terms, diary);
      return;
    case 'crash':
      return process?.life.end();
    case 'stop':
      return process?.stop();
    case 'start':
      if (world.processes().length < 2) world.start();
      return;
    case 'stand still':
      if (process === undefined) return;
      process.life.standStill(step.milliseconds);
      return world.leases.standsStill(process.life);
    case 'outage':
      return world.broker.streams.outage(step.milliseconds);
  }
}

const order = fc.nat(9);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('place' as const) }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constantFrom('place again', 'cancel', 'replace'), order }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('crash', 'stop', 'start', 'start') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stand still' as const), milliseconds: fc.nat(8_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outage' as const), milliseconds: fc.nat(20_000) }) },
);
const story = fc.record({
  seed: fc.nat(1_000_000),
  steps: fc.array(fc.record({ step, wait: fc.constantFrom(0, 5, 20, 100, 700, 5_000) }), { maxLength: 30 }),
});

async function play(seed: number, steps: readonly { readonly step: Step; readonly wait: number }[]) {
  const world = createWorld({
    seed,
    rates: { changes: 0.3, reads: 0.1, statements: 0.005, frames: 0.3, crashPoints: 0.005 },
    character: {
      idsUnique: 'among active orders',
      partlyFilled: 'is replaced by the full quantity',
      countAfterBust: 'stays',
    },
    bug: null,
  });
  const { random, scheduler } = world;
  const diary = openDiary();
  const ensure = (): void => {
    if (world.processes().length === 0) world.start();
    scheduler.after(2_000, ensure);
  };
  ensure();
  let trader: Trader | null = null;
  void join(world, random.branch(), 0).then((joined) => (trader = joined));
  await pass(world, 60_000);
  if (trader === null) throw new Error('nobody could sign up within a minute');
  const real: Real = { world, random, trader, diary, wishes: [] };
  for (const { step: next, wait } of steps) {
    perform(next, real);
    await pass(world, wait);
  }
  await pass(world, 10_000);
  world.faults.stop();
  await settle(world);
  const evidence = await evidenceOf(world, diary);
  await world.close();
  return violations(evidence);
}

it('whatever happens in whatever order, every invariant holds', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ seed, steps }) => {
      expect(await play(seed, steps)).toEqual([]);
    }),
    { seed: 4, numRuns: 10 },
  );
});
