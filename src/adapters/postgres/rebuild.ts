/**
 * Building read models anew beside the live ones, and changing places with them. Whatever ends a rebuild, `kill -9` too,
 * leaves the live rows as they are; the next one begins from the start. The owner of the tables does all of it.
 */
import type { Pool } from 'pg';

import { createPool } from './pool.ts';
import { openCheckpoint, peekCheckpoint, replaceCheckpoint, seizeCheckpoint } from './projections/checkpoint.ts';
import { signatureOf } from './projections/signature.ts';
import type { View } from './projections/view.ts';
import { openCopy, type CopyOptions } from './rebuild/copy.ts';
import { AlreadyBuilding, onlyOne } from './rebuild/only-one.ts';
import { changedViews, tablesOf, viewsToBuild, viewsToGoBackTo } from './rebuild/plan.ts';
import { makeSchema, SCHEMAS } from './rebuild/schemas.ts';
import { changePlaces } from './rebuild/switch.ts';
import { inTransaction } from './transaction.ts';

/** `views`: all views of this release. */
export type RebuildOptions = Omit<CopyOptions, 'schema'>;

/** What can not be done for a reason that the person who asked can understand. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused';
}

/** A rebuild that was killed lets go of its lock within this time. */
const PATIENCE_MS = 1_000;

/**
 * Builds views from the start of the log and has them change places with the live ones: the named ones, or all, and
 * those that belong to them. Gives the names of what was built. Throws RebuildRefused for a name that is no view's, and
 * AlreadyBuilding.
 */
export async function rebuildViews(options: RebuildOptions, named: readonly string[]): Promise<readonly string[]> {
  const { views, log } = options;
  const unknown = named.find((name) => !views.some((view) => view.name === name));
  if (unknown !== undefined) {
    throw new RebuildRefused(`no view is called ${unknown}: there are ${views.map(({ name }) => name).join(', ')}`);
  }
  const asked = named.length > 0 ? named : views.map(({ name }) => name);
  return asOwner(options, (owner) =>
    onlyOne(owner, PATIENCE_MS, async () => {
      const live = await openCheckpoint(owner, signatureOf(log, views));
      return build(options, owner, viewsToBuild(views, asked, live.views, log));
    }),
  );
}

/**
 * Has the previous rows catch up and change places with the live ones. Gives the names of their views. Throws
 * RebuildRefused when there are none, or when other versions of the views than these made them.
 */
export async function goBack(options: RebuildOptions): Promise<readonly string[]> {
  return asOwner(options, (owner) =>
    onlyOne(owner, PATIENCE_MS, async () => {
      const previous = await previousSignature(owner);
      if (previous === null) throw new RebuildRefused('there are no previous read models to go back to');
      const live = await peekCheckpoint(owner);
      const back = viewsToGoBackTo(options.views, live.views, previous, options.log);
      if (back === null) {
        throw new RebuildRefused(
          `the previous read models are another release's (${previous}): it goes back to them when it is started`,
        );
      }
      await switchBack(options, owner, back);
      return back.map(({ name }) => name);
    }),
  );
}

/** Whether the live rows are this release's already; they are when there were none yet. */
export async function areUpToDate(pool: Pool, log: string, views: readonly View[]): Promise<boolean> {
  const wanted = signatureOf(log, views);
  return (await openCheckpoint(pool, wanted)).views === wanted;
}

/** What `bringUpToDate` found to do. */
export type BroughtUp = 'nothing to do' | 'went back' | 'rebuilt';

/**
 * Makes the live rows this release's, before it serves: by going back to the previous rows when it made those, or else by
 * building what has changed. A release that still serves keeps its rows until the switch, and stands aside then. Waits
 * for another process that does the same; `onWait` is told so.
 */
export async function bringUpToDate(options: RebuildOptions, onWait: () => void): Promise<BroughtUp> {
  const { views, log, signal } = options;
  const wanted = signatureOf(log, views);
  return asOwner(options, async (owner) => {
    for (;;) {
      if (await areUpToDate(owner, log, views)) return 'nothing to do';
      signal.throwIfAborted();
      try {
        return await onlyOne(owner, PATIENCE_MS, () => bringUp(options, owner, wanted));
      } catch (error) {
        if (!(error instanceof AlreadyBuilding)) throw error;
        onWait();
      }
    }
  });
}

async function bringUp(options: RebuildOptions, owner: Pool, wanted: string): Promise<BroughtUp> {
  const { views, log } = options;
  const live = await peekCheckpoint(owner);
  if (live.views === wanted) return 'nothing to do';
  const changed = changedViews(views, live.views, log);
  if (changed.length === 0) {
    // Only views that this release does not have any more.
    await inTransaction(owner, async (tx) => {
      await replaceCheckpoint(tx, { ...(await seizeCheckpoint(tx)), views: wanted });
    });
    return 'nothing to do';
  }
  const previous = await previousSignature(owner);
  const back = previous === null ? null : viewsToGoBackTo(views, live.views, previous, log);
  if (back !== null) {
    await switchBack(options, owner, back);
    return 'went back';
  }
  await build(options, owner, viewsToBuild(views, changed, live.views, log));
  return 'rebuilt';
}

async function build(options: RebuildOptions, owner: Pool, built: readonly View[]): Promise<readonly string[]> {
  await inTransaction(owner, (tx) => makeSchema(tx, SCHEMAS.next, tablesOf(built)));
  const copy = await openCopy({ ...options, views: built, schema: SCHEMAS.next });
  try {
    await changePlaces({ ...options, owner, copy, from: SCHEMAS.next, copied: built });
  } finally {
    await copy.close();
  }
  return built.map(({ name }) => name);
}

async function switchBack(options: RebuildOptions, owner: Pool, back: readonly View[]): Promise<void> {
  const copy = await openCopy({ ...options, views: back, schema: SCHEMAS.previous });
  try {
    await changePlaces({ ...options, owner, copy, from: SCHEMAS.previous, copied: back });
  } finally {
    await copy.close();
  }
}

/** By whom the rows in the schema of the previous ones were made; null when there are none. */
async function previousSignature(owner: Pool): Promise<string | null> {
  const { rows } = await owner.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    `${SCHEMAS.previous}.projection_checkpoints`,
  ]);
  if (rows[0]?.exists !== true) return null;
  const found = await owner.query<{ views: string }>(`select views from ${SCHEMAS.previous}.projection_checkpoints`);
  return found.rows[0]?.views ?? null;
}

async function asOwner<T>({ url }: RebuildOptions, work: (owner: Pool) => Promise<T>): Promise<T> {
  const owner = createPool(url, { applicationName: 'tradsy-rebuild', role: 'owner', max: 3 });
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
