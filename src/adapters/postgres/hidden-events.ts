import type { Pool } from 'pg';

/**
 * Whether committed events wait for an older transaction of the server to end before readers of the total order see them.
 * Events with a transaction id that the server has not given yet do not count: no end of a transaction shows those.
 */
export async function hidesEvents(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ hides: boolean }>(
    `select exists (
       select from events
        where transaction_id >= pg_snapshot_xmin(pg_current_snapshot())
          and transaction_id < pg_snapshot_xmax(pg_current_snapshot())) as hides`,
  );
  return rows[0]!.hides;
}
