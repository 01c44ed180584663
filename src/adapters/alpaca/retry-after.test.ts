import { expect, it } from 'vitest';
import { pauseOf } from './retry-after.ts';

const NOW = Date.parse('2026-11-23T15:00:00Z');
const ITS_OWN = 'Mon, 23 Nov 2026 16:00:00 GMT';
const reset = (time: string): string => String(Date.parse(time) / 1_000);

it.each<[string, Readonly<Record<string, string>>, number]>([
  ['seconds', { 'Retry-After': '7' }, 7_000],
  ['parts of a second', { 'Retry-After': '2.5' }, 2_500],
  ['a date', { 'Retry-After': 'Mon, 23 Nov 2026 15:00:20 GMT' }, 20_000],
  ['a date by its own clock', { 'Retry-After': 'Mon, 23 Nov 2026 16:00:20 GMT', Date: ITS_OWN }, 20_000],
  ['when the minute is over', { 'X-RateLimit-Reset': reset('2026-11-23T15:00:37Z') }, 37_000],
  [
    'when the minute is over by its own clock',
    { 'X-RateLimit-Reset': reset('2026-11-23T16:00:37Z'), Date: ITS_OWN },
    37_000,
  ],
  ['the one before the other', { 'Retry-After': '3', 'X-RateLimit-Reset': reset('2026-11-23T15:00:37Z') }, 3_000],
  ['nothing', {}, 1_000],
  ['no time at all', { 'Retry-After': '0' }, 1_000],
  ['what is past', { 'X-RateLimit-Reset': reset('2026-11-23T14:59:00Z') }, 1_000],
  ['an hour', { 'Retry-After': '3600' }, 60_000],
  ['nonsense', { 'Retry-After': 'soon', 'X-RateLimit-Reset': 'later' }, 1_000],
  ['nonsense in the last resort', { 'X-RateLimit-Reset': 'later' }, 1_000],
])('a 429 that asks for %s', (_words, headers, pause) => {
  expect(pauseOf(new Headers(headers), NOW)).toBe(pause);
});
