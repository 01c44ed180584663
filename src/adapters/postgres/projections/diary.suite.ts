/** Two small views and their tables, for the tests of what keeps, rebuilds and compares views. */
import type { Pool } from 'pg';
import { z } from 'zod';

import { openTestStore, type TestStore } from '../../../../test/support/postgres-store.ts';
import { put, sample, samples } from '../../../application/ports/event-store-samples.suite.ts';
import { catalogueOf } from '../../stored-events/catalogue.ts';
import type { Shape } from '../../stored-events/shape.ts';
import type { View } from './view.ts';

/** Writes down, for each stream, the events in the order they were applied: twice or out of order would show. */
export const diary: View = {
  name: 'diary',
  version: 1,
  tables: ['diary'],
  types: ['Noted'],
  async apply(tx, events) {
    for (const event of events) {
      await tx.query(
        `insert into diary (stream, entries) values ($1, $2)
         on conflict (stream) do update set entries = diary.entries || excluded.entries`,
        [event.stream, `${event.id} `],
      );
    }
  },
};

export const tally: View = {
  name: 'tally',
  version: 1,
  tables: ['tally'],
  types: ['Noted'],
  async apply(tx, events) {
    await tx.query(
      'insert into tally values (1, $1) on conflict (id) do update set count = tally.count + excluded.count',
      [events.length],
    );
  },
};

const shape: Shape = { schema: z.looseObject({}), upcasters: [] };
const known = { Noted: shape, Ignored: shape };
const versions = { Noted: 1, Ignored: 1 };

/** What a release knows of the events here, and one that came after it. */
export const NOTED = catalogueOf(versions, known);
export const ALL = catalogueOf({ ...versions, Unheard: 1 }, { ...known, Unheard: shape });

/** Made by `openDiaries`. */
export const DIARIES = [diary, tally];

/** An event store in a database that has the tables of the two views, too. */
export async function openDiaries(): Promise<TestStore> {
  const opened = await openTestStore();
  await opened.owner.query(`create table diary (stream text primary key, entries text not null);
    create table tally (id integer primary key, count integer not null)`);
  return opened;
}

export interface Rows {
  readonly entries: readonly { stream: string; entries: string }[];
  readonly count: number;
}

/** What the two views hold. */
export async function rows(pool: Pool): Promise<Rows> {
  const entries = await pool.query<{ stream: string; entries: string }>('select * from diary order by stream');
  const counted = await pool.query<{ count: number }>('select count from tally');
  return { entries: entries.rows, count: counted.rows[0]?.count ?? 0 };
}

/** What the views must hold: every stream's events, in their order. */
export async function fold({ pool, store }: TestStore): Promise<Rows> {
  const { rows: streams } = await pool.query<{ stream: string }>(
    `select distinct stream from events where type = 'Noted' order by stream`,
  );
  const noted = await Promise.all(
    streams.map(async ({ stream }) => {
      const events = (await store.readStream(stream)).filter(({ type }) => type === 'Noted');
      return { stream, events };
    }),
  );
  return {
    entries: noted.map(({ stream, events }) => ({ stream, entries: events.map(({ id }) => `${id} `).join('') })),
    count: noted.reduce((count, { events }) => count + events.length, 0),
  };
}

/** Several writers at once, then one event more, whose position it gives: nothing comes before it any more. */
export async function write({ store }: TestStore, writers: number, events: number): Promise<string> {
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let times = 0; times < events; times += 1) await put(store, `s-${writer}`, samples(1, `s-${writer}`));
    }),
  );
  return put(store, 'last', [sample('Ignored', {}, 'last')]);
}
