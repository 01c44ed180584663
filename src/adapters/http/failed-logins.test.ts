import { expect, it } from 'vitest';
import { createFailedLogins } from './failed-logins.ts';

const MINUTE = 60_000;

function window() {
  let now = 0;
  const failed = createFailedLogins(() => now);
  return { fail: (email: string) => failed.begin(email), passTime: (ms: number) => void (now += ms) };
}

it('lets ten tries fail within a quarter of an hour, and no more', () => {
  const { fail, passTime } = window();
  for (let n = 0; n < 10; n += 1) {
    expect(fail('a@example.com').kind).toBe('allowed');
    passTime(MINUTE);
  }
  expect(fail('A@Example.com')).toEqual({ kind: 'refused', retryAfterSeconds: 300 });
  expect(fail('b@example.com').kind).toBe('allowed');
  passTime(5 * MINUTE);
  expect(fail('a@example.com').kind).toBe('allowed');
  expect(fail('a@example.com').kind).toBe('refused');
});

it('does not count what succeeded, nor what was refused', () => {
  const { fail, passTime } = window();
  for (let n = 0; n < 50; n += 1) {
    const attempt = fail('a@example.com');
    if (attempt.kind === 'allowed') attempt.succeeded();
  }
  for (let n = 0; n < 30; n += 1) fail('a@example.com');
  expect(fail('a@example.com').kind).toBe('refused');
  passTime(15 * MINUTE);
  expect(fail('a@example.com').kind).toBe('allowed');
});

it('counts tries that are still under way', () => {
  const { fail } = window();
  const tries = Array.from({ length: 100 }, () => fail('a@example.com'));
  expect(tries.filter(({ kind }) => kind === 'allowed')).toHaveLength(10);
});

it('forgets the oldest addresses when there are too many', () => {
  const { fail } = window();
  for (let n = 0; n < 10; n += 1) fail('first@example.com');
  for (let n = 0; n < 10_000; n += 1) fail(`${n}@example.com`);
  expect(fail('first@example.com').kind).toBe('allowed');
});
