import { describe, expect, it } from 'vitest';
import { createLife } from './life.ts';
import { createRandom } from './random.ts';
import { createScheduler } from './scheduler.ts';

const BEGIN = Date.parse('2026-03-02T15:00:00.000Z');
const never = new AbortController().signal;

function open(seed = 1) {
  const random = createRandom(seed);
  const scheduler = createScheduler(random.branch(), BEGIN);
  return { random, scheduler, life: () => createLife('one', scheduler, random.branch(), 0) };
}

const all = (): boolean => false;

describe('virtual time', () => {
  it('takes steps in the order of their time, and the clock jumps from one to the next', async () => {
    const { scheduler } = open();
    const seen: [string, string][] = [];
    for (const after of [3_600_000, 5, 70_000]) {
      scheduler.after(after, () => seen.push([`${after}`, scheduler.text()]));
    }
    await scheduler.run(all);
    expect(seen).toEqual([
      ['5', '2026-03-02T15:00:00.005Z'],
      ['70000', '2026-03-02T15:01:10.000Z'],
      ['3600000', '2026-03-02T16:00:00.000Z'],
    ]);
  });

  it('lets the seed choose among steps that are due together, each time alike', async () => {
    const order = async (seed: number): Promise<string> => {
      const { scheduler } = open(seed);
      let taken = '';
      for (const name of 'abcdefgh') scheduler.after(10, () => (taken += name));
      await scheduler.run(all);
      return taken;
    };
    expect(await order(7)).toBe(await order(7));
    const orders = new Set(await Promise.all(Array.from({ length: 20 }, (_, seed) => order(seed))));
    expect(orders.size).toBeGreaterThan(15);
  });

  it('takes no step before all that could go on after the last one has gone on', async () => {
    const { scheduler } = open();
    const seen: string[] = [];
    scheduler.after(1, () => {
      void (async () => {
        for (let turns = 0; turns < 100; turns += 1) await Promise.resolve();
        seen.push('went on');
      })();
    });
    scheduler.after(1, () => seen.push('second step'));
    scheduler.after(2, () => seen.push('third step'));
    await scheduler.run(all);
    expect(seen.indexOf('went on')).toBeLessThan(seen.indexOf('third step'));
  });
});

describe('a process', () => {
  it('that has ended hears no answer, though what it asked may still be done', async () => {
    const { scheduler, life } = open();
    const lives = Array.from({ length: 40 }, life);
    let done = 0;
    let answered = 0;
    for (const each of lives) void each.ask(10, () => (done += 1), 10).then(() => (answered += 1));
    scheduler.after(5, () => lives.forEach((each) => each.end()));
    await scheduler.run(all);
    expect(answered).toBe(0);
    expect(done).toBeGreaterThan(5);
    expect(done).toBeLessThan(35);
  });

  it('that stands still is late, and the world is not', async () => {
    const { scheduler, life } = open();
    const still = life();
    const seen: string[] = [];
    still.after(10, () => seen.push(`process ${scheduler.now() - BEGIN}`));
    scheduler.after(10, () => seen.push(`world ${scheduler.now() - BEGIN}`));
    still.standStill(500);
    await scheduler.run(all);
    expect(seen).toEqual(['world 10', 'process 500']);
  });

  it('that sleeps wakes when it is told to stop', async () => {
    const { scheduler, life } = open();
    const { clock } = life();
    const stop = new AbortController();
    let woke = 0;
    void clock.sleep(60_000, stop.signal).then(() => (woke = scheduler.now() - BEGIN));
    void clock.sleep(1_000, never).then(() => stop.abort());
    await scheduler.run(() => woke > 0);
    expect(woke).toBe(1_000);
  });
});
