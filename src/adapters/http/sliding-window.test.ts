import { describe, expect, it } from 'vitest';
import { createSlidingWindow } from './sliding-window.ts';

function windowOf(most: number) {
  let now = 0;
  const window = createSlidingWindow({ most, windowMs: 10_000, now: () => now });
  return { ...window, passTime: (ms: number) => void (now += ms) };
}

describe('a sliding window', () => {
  it('has room for so many in any window, and says in whole seconds when there is room again', () => {
    const { wait, count, passTime } = windowOf(3);
    for (let n = 0; n < 3; n += 1) {
      expect(wait('a')).toBe(0);
      count('a');
      passTime(1_500);
    }
    expect(wait('a')).toBe(6);
    expect(wait('b')).toBe(0);
    passTime(5_499);
    expect(wait('a')).toBe(1);
    passTime(1);
    expect(wait('a')).toBe(0);
    count('a');
    expect(wait('a')).toBe(2);
  });

  it('counts beyond its room; then the newest decide', () => {
    const { wait, count, passTime } = windowOf(2);
    for (let n = 0; n < 5; n += 1) {
      count('a');
      passTime(1_000);
    }
    expect(wait('a')).toBe(8);
  });

  it('forgets what is taken back, once, and nothing else', () => {
    const { wait, count } = windowOf(2);
    const takeBack = count('a');
    count('a');
    takeBack();
    expect(wait('a')).toBe(0);
    count('a');
    expect(wait('a')).toBe(10);
  });

  it('takes back nothing that has passed', () => {
    const { wait, count, passTime } = windowOf(1);
    const takeBack = count('a');
    passTime(10_000);
    count('a');
    takeBack();
    expect(wait('a')).toBe(10);
  });

  it('forgets the key that was counted longest ago when there are too many', () => {
    const { wait, count } = windowOf(1);
    for (const key of ['first', 'second', 'first']) count(key);
    for (let n = 0; n < 9_999; n += 1) count(`${n}`);
    expect(wait('second')).toBe(0);
    expect(wait('first')).toBe(10);
    count('one more');
    expect(wait('first')).toBe(0);
  });
});
