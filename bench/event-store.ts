/**
 * What the event store costs on an embedded, durable Postgres: appends beside a bare insert and beside emmett, and how
 * soon the read models follow.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDataFolder, startEmbeddedPostgres } from '../src/bootstrap/embedded-postgres.ts';
import { bareInsert, emmett, ownStore } from './append-rivals.ts';
import type { Rival } from './append-rivals.ts';
import { viewLag } from './view-lag.ts';
import type { Figure } from './report.ts';
import { figure, quantile } from './report.ts';

const ROUNDS = 9;
const SLICE_MS = 1_000;
const WARM_MS = 500;
const WRITERS = [1, 8];

export async function eventStore(say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  try {
    return [...(await appends(postgres.url, say)), ...(await viewLag(postgres.url, say))];
  } finally {
    await postgres.stop();
    await removeDataFolder(folder);
  }
}

/** Appends per second of every rival, with each number of writers: the median of rounds in which all take a turn. */
async function appends(url: string, say: (line: string) => void): Promise<readonly Figure[]> {
  const own = await ownStore(url);
  const bare = await bareInsert(url);
  const other = await emmett(url);
  const rivals = [own, bare, other];
  try {
    const rates = new Map<string, number[]>();
    const of = (rival: Rival, writers: number): number[] => rates.get(`${rival.name}/${writers}`) ?? [];
    const turns = rivals.flatMap((rival) => WRITERS.map((writers) => ({ rival, writers })));
    for (const { rival, writers } of turns) await rate(rival, writers, WARM_MS);
    for (let round = 1; round <= ROUNDS; round += 1) {
      say(`appends: round ${round} of ${ROUNDS} ...`);
      for (const { rival, writers } of shuffled(turns)) {
        rates.set(`${rival.name}/${writers}`, [...of(rival, writers), await rate(rival, writers, SLICE_MS)]);
      }
    }
    return WRITERS.flatMap((writers) =>
      [bare, other].map((beside): Figure => {
        const name = `appends, ${writers} writer${writers === 1 ? '' : 's'}, beside ${beside.name}`;
        return figure(name, quantile(of(own, writers), 0.5), '1/s', quantile(of(beside, writers), 0.5));
      }),
    );
  } finally {
    await Promise.all(rivals.map((rival) => rival.close()));
  }
}

/** Appends per second in the time given. */
async function rate(rival: Rival, writers: number, ms: number): Promise<number> {
  const begun = performance.now();
  let appended = 0;
  const work = async (): Promise<void> => {
    const append = rival.writer();
    while (performance.now() - begun < ms) {
      await append();
      appended += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, work));
  return (appended / (performance.now() - begun)) * 1_000;
}

/** In a random order, so that no rival always comes after the same other one. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
