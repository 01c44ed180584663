import { DatabaseError, escapeIdentifier, type ClientBase, type Pool } from 'pg';

import type { Position } from '../../../application/ports/event-store.ts';
import { BatchFailed } from '../projections/apply.ts';
import { peekCheckpoint, replaceCheckpoint, seizeCheckpoint, type Checkpoint } from '../projections/checkpoint.ts';
import { readSignature, signatureOf, signatureText } from '../projections/signature.ts';
import type { View } from '../projections/view.ts';
import { inTransaction } from '../transaction.ts';
import { pause } from '../wakeup.ts';
import type { Copy } from './copy.ts';
import { tablesOf } from './plan.ts';
import { dropSchema, makeSchema, moveTables, SCHEMAS, workIn, type Schema } from './schemas.ts';

export interface SwitchOptions {
  /** As the owner of the tables. */
  readonly owner: Pool;
  readonly copy: Copy;
  /** Where the copy stands. */
  readonly from: typeof SCHEMAS.next | typeof SCHEMAS.previous;
  /** The views of the copy. */
  readonly copied: readonly View[];
  /** All views of this release. */
  readonly views: readonly View[];
  readonly log: string;
  readonly signal: AbortSignal;
}

/** Events that may be applied while everybody waits: a few milliseconds. */
const MOST_EVENTS = 200;
/** Readers queue behind a lock that is waited for, so it is not waited for long. */
const LOCK_MS = 300;
const AGAIN_AFTER_MS = 100;
const PATIENCE_MS = 60_000;
/** lock_not_available, deadlock_detected: somebody reads a table for long. */
const BUSY = new Set(['55P03', '40P01']);

/**
 * Brings the copy to where the live views stand and has both change places, in one short transaction that holds the live
 * checkpoint: the live tables become the previous ones, under their own checkpoint. Throws when the tables can not be had
 * within a minute; nothing has changed then.
 */
export async function changePlaces(options: SwitchOptions): Promise<void> {
  const { owner, copy, log, signal } = options;
  await copy.fill(goal(await peekCheckpoint(owner), log));
  await copy.analyze();
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    await copy.fill(goal(await peekCheckpoint(owner), log));
    try {
      if (await inTransaction(owner, (tx) => tryToSwitch(options, tx))) return;
    } catch (error) {
      const isBusy = error instanceof DatabaseError && BUSY.has(error.code ?? '');
      if (!isBusy && !(error instanceof BatchFailed)) throw error;
      if (performance.now() > end) throw error;
      await pause(AGAIN_AFTER_MS, signal);
      signal.throwIfAborted();
    }
  }
}

async function tryToSwitch(options: SwitchOptions, tx: ClientBase): Promise<boolean> {
  const { copy, from, copied, views, log } = options;
  const tables = tablesOf(copied);
  await tx.query(`set local lock_timeout = ${LOCK_MS}`);
  const live = await seizeCheckpoint(tx);
  await workIn(tx, from);
  if (!(await copy.fillWithin(tx, goal(live, log), MOST_EVENTS))) return false;
  await workIn(tx, SCHEMAS.live);
  const locked = tables.map((table) => `${SCHEMAS.live}.${escapeIdentifier(table)}`);
  await tx.query(`lock table ${locked.join(', ')} in access exclusive mode`);

  if (from === SCHEMAS.previous) {
    await dropSchema(tx, SCHEMAS.next);
    await tx.query(`alter schema ${SCHEMAS.previous} rename to ${SCHEMAS.next}`);
  }
  await makeSchema(tx, SCHEMAS.previous, []);
  await moveTables(tx, tables, SCHEMAS.live, SCHEMAS.previous);
  await moveTables(tx, tables, SCHEMAS.next, SCHEMAS.live);
  const names = copied.map(({ name }) => name);
  await moveQuarantine(tx, names, SCHEMAS.live, SCHEMAS.previous);
  await moveQuarantine(tx, names, SCHEMAS.next, SCHEMAS.live);
  await dropSchema(tx, SCHEMAS.next);

  await replaceCheckpoint(tx, { position: copy.at(), views: signatureOf(log, views) });
  await workIn(tx, SCHEMAS.previous);
  await replaceCheckpoint(tx, { position: live.position, views: signatureWithin(live.views, names) });
  return true;
}

/** How far a copy has to come: where the live views stand, or to the end of the log when they follow another one. */
const goal = ({ position, views }: Checkpoint, log: string): Position | null =>
  readSignature(views).log === log ? position : null;

/** The part of a signature that speaks of these views. */
function signatureWithin(text: string, names: readonly string[]): string {
  const { log, versions } = readSignature(text);
  return signatureText({ log, versions: new Map([...versions].filter(([name]) => names.includes(name))) });
}

async function moveQuarantine(tx: ClientBase, views: readonly string[], from: Schema, to: Schema): Promise<void> {
  await tx.query(
    `with moved as (delete from ${from}.quarantined_streams where view = any($1) returning *)
     insert into ${to}.quarantined_streams select * from moved`,
    [views],
  );
}
