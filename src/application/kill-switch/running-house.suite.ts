/** The house with a process that carries out halts until the test ends. For the tests beside this file. */
import { expect, onTestFinished } from 'vitest';
import type { HaltStage } from '../../domain/risk-policy/kill-switch/events.ts';
import type { EventStore } from '../ports/event-store.ts';
import { openHouse } from './house.suite.ts';

export const WITHIN = { timeout: 10_000, interval: 2 };

/** What a halt asks for. */
export const cancel = { cancelOrders: true } as const;
export const flatten = { cancelOrders: true, flatten: true } as const;

export type RunningHouse = Awaited<ReturnType<typeof runningHouse>>;

/** `through`: what the process sees of the store. */
export async function runningHouse(
  accountIds?: readonly string[],
  through: (store: EventStore) => EventStore = (store) => store,
) {
  const house = await openHouse(accountIds);
  const process = house.startProcess(through(house.store));
  onTestFinished(() => process.stop());
  return {
    ...house,
    async carriedOut(haltId: string): Promise<void> {
      await expect.poll(() => house.isCarriedOut(haltId), WITHIN).toBe(true);
    },
    async comesTo(stage: HaltStage, haltId: string, accountId?: string): Promise<void> {
      await expect.poll(async () => (await house.progress(haltId, accountId))?.stage, WITHIN).toBe(stage);
    },
    /** Waits until positions were asked for from here on, and what was told has been acted upon. */
    async looksAgain(): Promise<void> {
      const before = house.lists();
      await expect.poll(house.lists, WITHIN).toBeGreaterThan(before + 1);
    },
  };
}

/** The orders that came to the broker. */
export const submits = ({ requests }: RunningHouse): string[] => requests.filter((each) => each.startsWith('submit'));
