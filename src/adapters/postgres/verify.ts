/** Whether the live read models are what the log says: they are built once more beside them, and compared. */
import { escapeIdentifier, type ClientBase } from 'pg';

import { createPool } from './pool.ts';
import { holdCheckpoint, readCheckpoint } from './projections/checkpoint.ts';
import { signatureOf } from './projections/signature.ts';
import { openCopy } from './rebuild/copy.ts';
import { onlyOne } from './rebuild/only-one.ts';
import { tablesOf } from './rebuild/plan.ts';
import { dropSchema, makeSchema, SCHEMAS } from './rebuild/schemas.ts';
import type { RebuildOptions } from './rebuild.ts';
import { inTransaction } from './transaction.ts';

export interface Comparison {
  readonly table: string;
  /** In the live table. */
  readonly rows: number;
  /** Rows that only one of the two has: a row that differs counts on both sides. */
  readonly differences: number;
  /** Up to three of them, as text. */
  readonly examples: readonly { readonly side: 'live' | 'rebuilt'; readonly row: string }[];
}

/** A rebuild that was killed lets go of its lock within this time. */
const PATIENCE_MS = 1_000;
const COMPARE_WITHIN_MS = 30 * 60_000;

/**
 * Builds all views up to where the live ones stand and compares every table, row by row and both ways. The live views
 * are held for the last few events only; the comparison reads one snapshot of both. Throws when the live rows are
 * another release's, and AlreadyBuilding.
 */
export async function verifyViews(options: RebuildOptions): Promise<readonly Comparison[]> {
  const { url, views, log } = options;
  const signature = signatureOf(log, views);
  const tables = tablesOf(views);
  const owner = createPool(url, {
    applicationName: 'tradsy-verify',
    role: 'owner',
    max: 3,
    statementMs: COMPARE_WITHIN_MS,
  });
  const build = async (): Promise<readonly Comparison[]> => {
    const begun = await readCheckpoint(owner, signature);
    await inTransaction(owner, (tx) => makeSchema(tx, SCHEMAS.verify, tables));
    const copy = await openCopy({ ...options, schema: SCHEMAS.verify });
    try {
      await copy.fill(begun);
      // Once more for what has come meanwhile, so that little is left to do while the live views are held.
      await copy.fill(await readCheckpoint(owner, signature));
      return await inTransaction(owner, async (snapshot) => {
        await snapshot.query('set transaction isolation level repeatable read read only');
        await inTransaction(owner, async (tx) => {
          await copy.fill(await holdCheckpoint(tx, signature));
          // The first query makes the snapshot.
          await snapshot.query('select');
        });
        const compared: Comparison[] = [];
        for (const table of tables) compared.push(await compare(snapshot, table));
        return compared;
      });
    } finally {
      await copy.close();
      await dropSchema(owner, SCHEMAS.verify);
    }
  };
  try {
    return await onlyOne(owner, PATIENCE_MS, build);
  } finally {
    await owner.end();
  }
}

async function compare(snapshot: ClientBase, table: string): Promise<Comparison> {
  const name = escapeIdentifier(table);
  const { rows } = await snapshot.query<{ side: 'live' | 'rebuilt'; row: string; rows: number; differences: number }>(
    `with live as (select t::text as row from ${SCHEMAS.live}.${name} t),
          rebuilt as (select t::text as row from ${SCHEMAS.verify}.${name} t),
          differing as (
            select 'live' as side, row from (select row from live except all select row from rebuilt) l
            union all
            select 'rebuilt', row from (select row from rebuilt except all select row from live) r
          )
     select d.side, d.row, (select count(*)::integer from live) as rows,
            (select count(*)::integer from differing) as differences
       from (select) one left join (select side, row from differing order by row, side limit 3) d on true`,
  );
  const [first] = rows;
  return {
    table,
    rows: first?.rows ?? 0,
    differences: first?.differences ?? 0,
    examples: first?.differences === 0 ? [] : rows.map(({ side, row }) => ({ side, row })),
  };
}
