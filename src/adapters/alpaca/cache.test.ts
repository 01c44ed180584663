import { expect, it } from 'vitest';
import { createCache } from './cache.ts';

function cacheOf(most = 10) {
  let now = 0;
  const cache = createCache<string>({ servesMs: 100, most, now: () => now });
  return { ...cache, passTime: (ms: number) => void (now += ms) };
}

it('an answer is shared while it is on its way, however long that is, and then serves for its time', async () => {
  const { get, keep, passTime } = cacheOf();
  let arrive = (_value: string): void => undefined;
  const answer = keep('a', new Promise<string>((resolve) => (arrive = resolve)));
  passTime(10_000);
  expect(get('a')).toBe(answer);
  arrive('1');
  await answer;
  passTime(99);
  expect(get('a')).toBe(answer);
  passTime(1);
  expect(get('a')).toBeUndefined();
});

it('a failure is told to those who wait, and not kept', async () => {
  const { get, keep } = cacheOf();
  const answer = keep('a', Promise.reject(new Error('no answer')));
  expect(get('a')).toBe(answer);
  await expect(answer).rejects.toThrow('no answer');
  expect(get('a')).toBeUndefined();
});

it('no more than so many are kept, the newest of them', async () => {
  const { get, keep } = cacheOf(3);
  for (const key of ['a', 'b', 'c', 'd', 'e']) await keep(key, Promise.resolve(key));
  expect(['a', 'b', 'c', 'd', 'e'].filter((key) => get(key) !== undefined)).toEqual(['c', 'd', 'e']);
  const never = new Promise<string>(() => undefined);
  for (const key of ['f', 'g', 'h', 'i']) void keep(key, never);
  expect(['e', 'f', 'g', 'h', 'i'].filter((key) => get(key) !== undefined)).toEqual(['g', 'h', 'i']);
});

it('an answer that was overtaken by another does not come back', async () => {
  const { get, keep } = cacheOf(1);
  let arrive = (_value: string): void => undefined;
  const first = keep('a', new Promise<string>((resolve) => (arrive = resolve)));
  await keep('b', Promise.resolve('b'));
  arrive('late');
  await first;
  expect(get('a')).toBeUndefined();
  await expect(get('b')).resolves.toBe('b');
});
