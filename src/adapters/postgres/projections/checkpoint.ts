import type { ClientBase, Pool } from 'pg';

import { START, type Position } from '../../../application/ports/event-store.ts';

/** The one loop that keeps all views. */
const LOOP = 'views';

export interface Checkpoint {
  readonly position: Position;
  /** The signature of the views whose rows stand at this position. */
  readonly views: string;
}

/** Where the views stand, whoever keeps them; those that were never kept are at the start now, under this signature. */
export async function openCheckpoint(db: Pool | ClientBase, signature: string): Promise<Checkpoint> {
  await db.query(
    `insert into projection_checkpoints (loop, position, views) values ($1, $2, $3) on conflict do nothing`,
    [LOOP, START, signature],
  );
  return find(db, '');
}

/** Where the views stand, whoever keeps them. */
export const peekCheckpoint = (db: Pool | ClientBase): Promise<Checkpoint> => find(db, '');

/** Where the views stand. Throws when their rows were made by other versions, or from another store, than this names. */
export async function readCheckpoint(db: Pool | ClientBase, signature: string): Promise<Position> {
  return positionUnder(signature, await find(db, ''));
}

/** The same, and nobody else moves the checkpoint until the transaction ends. */
export async function holdCheckpoint(tx: ClientBase, signature: string): Promise<Position> {
  return positionUnder(signature, await find(tx, 'for update'));
}

/** Where the views stand, whoever keeps them; nobody moves the checkpoint until the transaction ends. */
export const seizeCheckpoint = (tx: ClientBase): Promise<Checkpoint> => find(tx, 'for update');

/** Moves the checkpoint on. Throws when it is not where the caller saw it. */
export async function moveCheckpoint(tx: ClientBase, from: Position, to: Position): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'checkpoint-move',
    text: `update projection_checkpoints set position = $3, updated_at = clock_timestamp()
           where loop = $1 and position = $2`,
    values: [LOOP, from, to],
  });
  if (rowCount !== 1) throw new Error('the checkpoint of the views moved while it was held');
}

/** Makes the held checkpoint say something else: other rows stand in the tables now. */
export async function replaceCheckpoint(tx: ClientBase, { position, views }: Checkpoint): Promise<void> {
  await tx.query(
    `insert into projection_checkpoints (loop, position, views) values ($1, $2, $3)
     on conflict (loop) do update
       set position = excluded.position, views = excluded.views, updated_at = clock_timestamp()`,
    [LOOP, position, views],
  );
}

function positionUnder(signature: string, { position, views }: Checkpoint): Position {
  if (views !== signature) throw new Error(`the views are kept by another release now: ${views}`);
  return position;
}

async function find(db: Pool | ClientBase, locking: '' | 'for update'): Promise<Checkpoint> {
  const { rows } = await db.query<Checkpoint>({
    name: `checkpoint-read-${locking}`,
    text: `select position, views from projection_checkpoints where loop = $1 ${locking}`,
    values: [LOOP],
  });
  if (!rows[0]) throw new Error('the views have no checkpoint: they were never kept');
  return rows[0];
}
