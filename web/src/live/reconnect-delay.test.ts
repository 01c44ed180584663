import { expect, it } from 'vitest';
import { reconnectDelay } from './reconnect-delay.ts';

it('waits longer after every failure, up to a bound', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((failures) => reconnectDelay(failures, 1))).toEqual([
    500, 1000, 2000, 4000, 8000, 15_000, 15_000,
  ]);
  expect(reconnectDelay(3, 0)).toBe(2000);
});
