import { describe, expect, it } from 'vitest';
import { BUGS } from '../chaos/bugs/all.ts';
import { simulate } from './simulate.ts';
import type { SimulationResult } from './simulate.ts';

const ORDERS = 80;
const run = (seed: number, bug: string | null = null) =>
  simulate({ seed, orders: ORDERS, bug: BUGS.find(({ name }) => name === bug)?.plant ?? null });

describe('the order path in virtual time', () => {
  it('holds every invariant, whatever the seed, in worlds in which much happens', { timeout: 60_000 }, async () => {
    const results: SimulationResult[] = [];
    for (const seed of [1, 2, 3]) {
      const result = await run(seed);
      expect([seed, result.violations]).toEqual([seed, []]);
      expect(result.orders).toBe(ORDERS);
      results.push(result);
    }
    // Of all worlds together: an outage of the stream for half a minute outlasts the trading of one this short.
    const total = (of: 'brokerOrders' | 'executions') => results.reduce((sum, result) => sum + result[of], 0);
    expect(total('brokerOrders')).toBeGreaterThan((results.length * ORDERS) / 3);
    expect(total('executions')).toBeGreaterThan((results.length * ORDERS) / 4);
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
