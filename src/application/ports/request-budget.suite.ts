import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/node/clock-and-ids.ts';
import { createRequestBudget } from '../request-budget.ts';
import { MINUTE, NoTurn, PRIORITIES } from './request-budget.ts';
import type { Allowance, GrantWindow, RequestBudget, RequestGrants, RequestPriority } from './request-budget.ts';

export interface OpenGrants {
  /** As another process has them, with the allowance `ALLOWANCE` for every key. */
  another(window: GrantWindow): RequestGrants;
  /** Sets the clock that the grants with the window `SHORT` go by: milliseconds, negative to set it back. */
  shiftClock(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** A window of 600 ms, and one slot for the one that has begun. */
export const SHORT: GrantWindow = { slotMs: 50, slots: 13 };
const WINDOW_MS = 600;
export const ALLOWANCE: Allowance = {
  limit: 12,
  reserved: { cancel: 3, order: 2, 'look-up': 1, list: 1 },
};

const silent = { info: () => undefined, warn: () => undefined };

/**
 * The promises of the `RequestBudget` port as test cases, for everything that keeps grants.
 *
 * @param open gives grants that all cases share; each has a key of its own.
 */
export function requestBudgetSuite(adapter: string, open: () => Promise<OpenGrants>): void {
  describe(`request budget: ${adapter}`, () => {
    let opened: OpenGrants;
    let ending: AbortController;
    let key: string;
    beforeAll(async () => {
      opened = await open();
    });
    beforeEach(() => {
      ending = new AbortController();
      key = crypto.randomUUID();
    });
    afterEach(() => ending.abort());
    afterAll(() => opened.close());

    const budget = (window = SHORT): RequestBudget =>
      createRequestBudget({ grants: opened.another(window), clock: systemClock, log: silent });
    const ask = (of: RequestBudget, priority: RequestPriority) =>
      of.take(key, priority, AbortSignal.any([ending.signal]));
    const useUp = (of: RequestBudget) => Promise.all(Array.from({ length: 12 }, () => ask(of, 'cancel')));
    /** How many are granted at once. */
    async function most(grants: RequestGrants, priority: RequestPriority, of = key): Promise<number> {
      let count = 0;
      while ((await grants.take(of, priority)) === 0) count += 1;
      return count;
    }

    it('grants at once what there is, keeps everyone’s reserve, and lets cancels use all', async () => {
      const grants = opened.another(MINUTE);
      expect(await most(grants, 'order')).toBe(12 - 3 - 1 - 1);
      expect(await most(grants, 'list')).toBe(1);
      expect(await most(grants, 'look-up')).toBe(1);
      expect(await most(grants, 'cancel')).toBe(3);
    });

    it('lets one priority have what no other keeps, and counts each key for itself', async () => {
      const grants = opened.another(MINUTE);
      for (const [priority, all] of [
        ['list', 6],
        ['look-up', 6],
        ['cancel', 12],
      ] as const) {
        expect(await most(grants, priority, `${key} ${priority}`)).toBe(all);
      }
    });

    it('is one for all processes', async () => {
      const both = [opened.another(MINUTE), opened.another(MINUTE)];
      const waits = await Promise.all(Array.from({ length: 40 }, (_, n) => both[n % 2]!.take(key, 'cancel')));
      expect(waits.filter((each) => each === 0)).toHaveLength(12);
    });

    it('says when the next one could be granted', async () => {
      const grants = opened.another(MINUTE);
      await most(grants, 'cancel');
      const next = await grants.take(key, 'cancel');
      expect(next).toBeGreaterThan(60_000);
      expect(next).toBeLessThanOrEqual(65_000);
    });

    it('never grants more than the limit in any window, to any number of processes', async () => {
      const times: number[] = [];
      const work = [budget(), budget(), budget()].map(async (own, n) => {
        while (!ending.signal.aborted) {
          await ask(own, PRIORITIES[n] ?? 'list').then(
            () => times.push(performance.now()),
            () => undefined,
          );
        }
      });
      await wait(4 * WINDOW_MS);
      ending.abort();
      await Promise.all(work);
      expect(times.length).toBeGreaterThanOrEqual(2 * 12);
      // What is measured here is when a grant was known, a moment after it was given.
      const inWindow = (from: number): number => times.filter((at) => at >= from && at < from + WINDOW_MS - 40).length;
      expect(Math.max(...times.map(inWindow))).toBeLessThanOrEqual(12);
    });

    it('grants nothing to who gives up waiting', async () => {
      const own = budget();
      await expect(own.take(key, 'order', AbortSignal.abort())).rejects.toThrow(NoTurn);
      await useUp(own);
      const impatient = own.take(key, 'order', AbortSignal.timeout(100));
      const patient = ask(own, 'order');
      await expect(impatient).rejects.toThrow(NoTurn);
      expect(await patient).toBe('granted');
    });

    it('holds everyone’s requests back while the broker wants none, but no cancel', async () => {
      const [own, other] = [budget(), budget()];
      await own.pause(key, 400);
      const begun = performance.now();
      const asked = (['order', 'look-up', 'list'] as const).map((priority) => ask(other, priority));
      await ask(other, 'cancel');
      expect(performance.now() - begun).toBeLessThan(390);
      await Promise.all(asked);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(390);
    });

    it('is not paused for less by a shorter pause', async () => {
      const own = budget(MINUTE);
      await own.pause(key, 20_000);
      await own.pause(key, 1_000);
      const next = await opened.another(MINUTE).take(key, 'order');
      expect(next).toBeGreaterThanOrEqual(19_000);
      expect(next).toBeLessThanOrEqual(22_000);
    });

    it('frees nothing when the clock is set back, and goes on within one window', async () => {
      const own = budget();
      const begun = performance.now();
      await useUp(own);
      await opened.shiftClock(-3_600_000);
      await ask(own, 'cancel');
      expect(performance.now() - begun).toBeGreaterThanOrEqual(WINDOW_MS - SHORT.slotMs);
      expect(performance.now() - begun).toBeLessThan(10_000);
    });
  });
}
