import { escapeIdentifier, type ClientBase, type Pool } from 'pg';

import { START, type Position } from '../../application/ports/event-store.ts';
import { inTransaction } from './transaction.ts';

interface Versioned {
  readonly name: string;
  readonly version: number;
  readonly tables: readonly string[];
}

interface CheckpointRow {
  readonly position: Position;
  readonly views: string;
}

const signature = (views: readonly Versioned[]): string =>
  views
    .map(({ name, version }) => `${name}@${version}`)
    .toSorted()
    .join(' ');

/**
 * Where the loop stands when it starts. When its rows were made by other views or versions than these, all their
 * tables are emptied and it stands at the start.
 */
export function openCheckpoint(pool: Pool, loop: string, views: readonly Versioned[]): Promise<Position> {
  return inTransaction(pool, async (tx) => {
    await tx.query(
      `insert into projection_checkpoints (loop, position, views) values ($1, $2, $3) on conflict do nothing`,
      [loop, START, signature(views)],
    );
    const row = await find(tx, loop, 'for update');
    if (row.views === signature(views)) return row.position;
    await reset(tx, loop, views);
    return START;
  });
}

/** Where the loop stands. Throws when its rows were since made by other views or versions: another release runs it. */
export async function readCheckpoint(
  db: Pool | ClientBase,
  loop: string,
  views: readonly Versioned[],
  locking: '' | 'for update' = '',
): Promise<Position> {
  const row = await find(db, loop, locking);
  if (row.views !== signature(views)) throw new Error(`the views are kept by another release now: ${row.views}`);
  return row.position;
}

/** The same, and nobody else moves the checkpoint until the transaction ends. */
export function holdCheckpoint(tx: ClientBase, loop: string, views: readonly Versioned[]): Promise<Position> {
  return readCheckpoint(tx, loop, views, 'for update');
}

/** Moves the checkpoint on. Throws when it is not where the caller saw it. */
export async function moveCheckpoint(tx: ClientBase, loop: string, from: Position, to: Position): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'checkpoint-move',
    text: `update projection_checkpoints set position = $3, updated_at = clock_timestamp()
           where loop = $1 and position = $2`,
    values: [loop, from, to],
  });
  if (rowCount !== 1) throw new Error(`the checkpoint of ${loop} moved while it was held`);
}

/** Empties the views' tables and sets the loop back to the start. */
async function reset(tx: ClientBase, loop: string, views: readonly Versioned[]): Promise<void> {
  for (const table of views.flatMap((view) => view.tables)) await tx.query(`delete from ${escapeIdentifier(table)}`);
  await tx.query(
    `update projection_checkpoints set position = $2, views = $3, updated_at = clock_timestamp() where loop = $1`,
    [loop, START, signature(views)],
  );
}

async function find(db: Pool | ClientBase, loop: string, locking: '' | 'for update'): Promise<CheckpointRow> {
  const { rows } = await db.query<CheckpointRow>({
    name: `checkpoint-read-${locking}`,
    text: `select position, views from projection_checkpoints where loop = $1 ${locking}`,
    values: [loop],
  });
  if (!rows[0]) throw new Error(`the loop ${loop} has no checkpoint: it was never started`);
  return rows[0];
}
