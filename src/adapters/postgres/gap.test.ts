import { expect, it } from 'vitest';

import { raceReaders } from '../../../test/proofs/gaps.ts';
import { openTestStore } from '../../../test/support/postgres-store.ts';

it('8 writers, slow and rolled-back transactions: the naive reader skips events, the store none', async () => {
  const opened = await openTestStore();
  try {
    const race = await raceReaders(opened, { enough: 20_000, writingMs: 6_000, readingMs: 30_000 });
    expect(race.missedNaively).toBeGreaterThan(0);
    expect(race).toMatchObject({ missed: 0, surplus: 0 });
  } finally {
    await opened.close();
  }
}, 60_000);
