import { describe, expect, it } from 'vitest';
import { BUGS } from '../chaos/bugs/all.ts';
import { simulate } from './simulate.ts';

/** So many that an outage of the stream for half a minute does not outlast the trading. */
const ORDERS = 160;
const run = (seed: number, bug: string | null = null) =>
  simulate({ seed, orders: ORDERS, bug: BUGS.find(({ name }) => name === bug)?.plant ?? null });

describe('the order path in virtual time', () => {
  it.each([1, 2, 3])('seed %i: every invariant holds', async (seed) => {
    const result = await run(seed);
    expect(result.violations).toEqual([]);
    expect(result.orders).toBe(ORDERS);
    expect(result.brokerOrders).toBeGreaterThan(ORDERS / 3);
    expect(result.executions).toBeGreaterThan(ORDERS / 4);
  });

  it(
    'is the same again for the same seed, to the last event, and another for another',
    { timeout: 60_000 },
    async () => {
      const [once, again, other] = [await run(5), await run(5), await run(6)];
      expect(again.hash).toBe(once.hash);
      expect(again.steps).toBe(once.steps);
      expect(other.hash).not.toBe(once.hash);
    },
  );

  it.each(['blind-retry', 'no-backfill', 'actor-mixed-up'])('finds the seeded bug %s', async (bug) => {
    const expected = BUGS.find(({ name }) => name === bug)?.breaks ?? [];
    const found = (await run(7, bug)).violations.map(({ invariant }) => invariant);
    expect(expected.some((invariant) => found.includes(invariant))).toBe(true);
  });
});
