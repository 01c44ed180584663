import { expect, it } from 'vitest';

import { watchLag } from './lag.ts';

/** Watches while the looks find these lags, one after another; gives what it told, in order. */
async function told(looks: readonly (number | 'fails')[]): Promise<readonly string[]> {
  const ending = new AbortController();
  const told: string[] = [];
  let next = 0;
  await watchLag({
    everyMs: 1,
    mostMs: 1_000,
    signal: ending.signal,
    lag: () => {
      const ms = looks[next] ?? 0;
      next += 1;
      if (next > looks.length) ending.abort();
      return ms === 'fails' ? Promise.reject(new Error('no connection')) : Promise.resolve({ ms, position: `${next}` });
    },
    onBehind: ({ ms }) => told.push(`behind ${ms}`),
    onCaughtUp: () => told.push('caught up'),
  });
  return told;
}

it.each([
  ['no lag', [0, 900, 0], []],
  ['one look that finds more than a second', [0, 1_500, 0, 1_200, 0], []],
  ['two in a row', [1_500, 2_500, 3_500, 0, 0], ['behind 2500', 'caught up']],
  ['looks that fail in between', [1_500, 'fails', 2_500, 'fails', 0], ['behind 2500', 'caught up']],
  ['twice', [1_500, 1_600, 0, 1_700, 1_800, 0], ['behind 1600', 'caught up', 'behind 1800', 'caught up']],
] as const)('%s', async (_, looks, expected) => {
  expect(await told(looks)).toEqual(expected);
});
