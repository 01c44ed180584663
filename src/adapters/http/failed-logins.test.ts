import { expect, it } from 'vitest';
import { createFailedLogins } from './failed-logins.ts';

const MINUTE = 60_000;

function counted() {
  let now = 0;
  const failed = createFailedLogins(() => now);
  const fail = (email: string, client = '192.0.2.1') => failed.begin(client, email);
  return { fail, passTime: (ms: number) => void (now += ms) };
}

it('lets ten tries of a client fail within a quarter of an hour, and no more', () => {
  const { fail, passTime } = counted();
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

it('does not lock the owner out for what a guesser does elsewhere', () => {
  const { fail } = counted();
  for (let n = 0; n < 1_000; n += 1) fail('a@example.com', '203.0.113.9');
  expect(fail('a@example.com', '203.0.113.9').kind).toBe('refused');
  expect(fail('a@example.com').kind).toBe('allowed');
});

it('lets a hundred tries fail for one address, wherever they come from', () => {
  const { fail, passTime } = counted();
  const tries = Array.from({ length: 300 }, (_, n) => fail('a@example.com', `203.0.113.${n % 100}`));
  expect(tries.filter(({ kind }) => kind === 'allowed')).toHaveLength(100);
  expect(fail('A@example.com')).toEqual({ kind: 'refused', retryAfterSeconds: 900 });
  expect(fail('b@example.com').kind).toBe('allowed');
  passTime(15 * MINUTE);
  expect(fail('a@example.com').kind).toBe('allowed');
});

it('does not count what succeeded, nor what was refused', () => {
  const { fail, passTime } = counted();
  for (let n = 0; n < 150; n += 1) {
    const attempt = fail('a@example.com');
    if (attempt.kind === 'allowed') attempt.succeeded();
  }
  for (let n = 0; n < 30; n += 1) fail('a@example.com');
  expect(fail('a@example.com').kind).toBe('refused');
  passTime(15 * MINUTE);
  expect(fail('a@example.com').kind).toBe('allowed');
});

it('counts tries that are still under way', () => {
  const { fail } = counted();
  const tries = Array.from({ length: 100 }, () => fail('a@example.com'));
  expect(tries.filter(({ kind }) => kind === 'allowed')).toHaveLength(10);
});
