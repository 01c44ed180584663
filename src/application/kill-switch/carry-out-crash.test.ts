/** A process that dies while it carries out a halt, at every step there is; another one goes on. */
import { describe, expect, it } from 'vitest';
import type { EventStore } from '../ports/event-store.ts';
import { FIRST, openHouse } from './house.suite.ts';

const WITHIN = { timeout: 10_000, interval: 1 };

/** A store that its process can use for so many appends; then the process is as good as dead. */
function dyingStore(store: EventStore, appends: number) {
  let left = appends;
  let isDead = false;
  let died: () => void;
  const dead = new Promise<void>((resolve) => {
    died = () => {
      isDead = true;
      resolve();
    };
  });
  const dying: EventStore = {
    ...store,
    append(stream, expected, events) {
      if (left === 0) {
        died();
        return new Promise(() => undefined);
      }
      left -= 1;
      return store.append(stream, expected, events);
    },
  };
  return { dying, dead, isDead: () => isDead };
}

/** Appends of a run that nobody disturbs, the desk's and those that record what the broker tells included. */
async function run(appends: number) {
  const house = await openHouse();
  const first = house.startProcess();
  await house.working({ symbol: 'MSFT' });
  await house.working({ symbol: 'AAPL' });
  house.elsewhere(FIRST, { symbol: 'IBM' });
  await first.stop();
  house.hold(FIRST, 'AAPL', '10.25');
  house.hold(FIRST, 'IBM', '-5');
  const before = house.requests.length;
  const haltId = await house.halt({ cancelOrders: true, flatten: true });

  const { dying, dead, isDead } = dyingStore(house.store, appends);
  const second = house.startProcess(dying, isDead);
  const ended = await Promise.race([dead.then(() => 'died' as const), house.untilCarriedOut(haltId)]);
  // What waits for the store for ever can not be waited for.
  void second.stop();
  const third = house.startProcess();
  await expect.poll(() => house.isCarriedOut(haltId), WITHIN).toBe(true);
  await third.stop();
  const { report } = (await house.progress(haltId))!;
  return { ended, house, report, submits: house.requests.slice(before).filter((each) => each.startsWith('submit')) };
}

describe('a halt whose process dies', () => {
  it('after any number of steps is carried out by the next one: every order cancelled, every position closed once', async () => {
    for (let appends = 0; ; appends += 1) {
      const { ended, house, report, submits } = await run(appends);
      expect(house.openOf(FIRST), `after ${appends}`).toEqual([]);
      expect(house.positionsOf(FIRST), `after ${appends}`).toEqual([]);
      expect(submits.toSorted(), `after ${appends}`).toEqual(['submit buy 5 IBM', 'submit sell 10.25 AAPL']);
      expect(report.orders.length + report.elsewhere.length, `after ${appends}`).toBeGreaterThanOrEqual(2);
      expect(report.closing, `after ${appends}`).toHaveLength(2);
      expect(house.alarms, `after ${appends}`).toEqual([]);
      if (ended === 'finished') {
        expect(appends).toBeGreaterThan(15);
        return;
      }
    }
  });
});
