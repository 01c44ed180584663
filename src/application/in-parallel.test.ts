import { expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

it('does the work for each item once, so many at a time', async () => {
  let busy = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++busy);
    await new Promise(setImmediate);
    busy -= 1;
    done.push(item);
  });
  expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

it('fails with the first failure, once what had begun is over, and begins nothing after it', async () => {
  const ended: number[] = [];
  const work = inParallel([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error('no');
    await new Promise(setImmediate);
    ended.push(item);
  });
  await expect(work).rejects.toThrow('no');
  expect(ended).toEqual([2]);
});

it('is done at once with nothing to do', async () => {
  await inParallel([], 4, () => Promise.reject(new Error('never')));
});
