import type { Pool } from 'pg';

/**
 * Refuses a database whose events carry transaction ids that its server has not given yet: a dump was restored there.
 * Readers of the total order would take those events for ones still being written, and wait for them for ever.
 *
 * PostgreSQL manual, "Transaction ID and Snapshot Information Functions": every id at or above a snapshot's xmax is not
 * yet assigned or not complete, so no event that the snapshot shows can have one.
 */
export async function assertOwnTransactionIds(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ newest: string; xmax: string }>(
    `select e.transaction_id::text as newest, pg_snapshot_xmax(pg_current_snapshot())::text as xmax
       from (select transaction_id from events order by transaction_id desc, global_position desc limit 1) e
      where e.transaction_id >= pg_snapshot_xmax(pg_current_snapshot())`,
  );
  const [found] = rows;
  if (found === undefined) return;
  throw new Error(
    `its newest event has transaction id ${found.newest}, but this server has only come to ${found.xmax}: a dump was ` +
      'restored on a new server, where its events stay hidden. Restore a physical backup (pg_basebackup) instead.',
  );
}
