import { describe, expect, it } from 'vitest';
import { createLoadTurns } from './load-turns.ts';

/** Loads that answer when the test says so, and what was told of them. */
function openLoads() {
  const turns = createLoadTurns<string>();
  const told: string[] = [];
  const signals: AbortSignal[] = [];
  return {
    turns,
    told,
    signals,
    begin() {
      let answer = { with: (_value: string): void => undefined, not: (_failure: Error): void => undefined };
      const answered = new Promise<string>((resolve, reject) => {
        answer = { with: resolve, not: reject };
      });
      const end = turns.begin(
        (signal) => {
          signals.push(signal);
          return answered;
        },
        (value) => told.push(value),
        (failure) => told.push(String(failure)),
      );
      // Whoever waits for the answer here comes after the one who waited for it first.
      const settled = answered.then(
        () => undefined,
        () => undefined,
      );
      return {
        end,
        answers: (value: string) => (answer.with(value), settled),
        fails: () => (answer.not(new Error('gone')), settled),
      };
    },
  };
}

describe('the loads of a value', () => {
  it('are under way until they answer, or fail', async () => {
    const { turns, told, begin } = openLoads();
    expect(turns.isUnderWay()).toBe(false);
    const first = begin();
    expect(turns.isUnderWay()).toBe(true);
    await first.answers('one');
    expect(turns.isUnderWay()).toBe(false);
    await begin().fails();
    expect(turns.isUnderWay()).toBe(false);
    expect(told).toEqual(['one', 'Error: gone']);
  });

  it('count while there is no later one', async () => {
    const { told, signals, begin } = openLoads();
    const [first, second] = [begin(), begin()];
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await second.answers('two');
    await first.answers('one');
    expect(told).toEqual(['two']);
  });

  it('bring nothing any more once the value came another way, and the next one does', async () => {
    const { turns, told, signals, begin } = openLoads();
    const before = begin();
    turns.end();
    expect([turns.isUnderWay(), signals[0]?.aborted]).toEqual([false, true]);
    await before.answers('as it was');
    expect(told).toEqual([]);
    await begin().answers('as it is');
    expect(told).toEqual(['as it is']);
  });

  it('end by whoever began them, and not for those who came after', async () => {
    const { told, begin } = openLoads();
    const first = begin();
    const second = begin();
    first.end();
    await second.answers('two');
    expect(told).toEqual(['two']);
  });
});
