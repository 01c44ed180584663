import { expect, it } from 'vitest';
import { sinceBefore, utcTime } from './story-words.ts';

it('writes instants and the time between them', () => {
  expect(utcTime('2026-03-02T14:31:05.250Z')).toBe('2026-03-02 14:31:05.250 UTC');
  const after = (millis: number): string =>
    sinceBefore('2026-03-02T14:31:05.250Z', new Date(Date.parse('2026-03-02T14:31:05.250Z') + millis).toISOString());
  expect([0, 12, 3400, 125_000, 3_780_000].map(after)).toEqual([
    '+0 ms',
    '+12 ms',
    '+3.4 s',
    '+2 min 5 s',
    '+1 h 3 min',
  ]);
});
