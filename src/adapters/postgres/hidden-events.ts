import type { Pool } from 'pg';

/** Whether committed events wait for an older transaction of the server to end before readers of the total order see them. */
export async function hidesEvents(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ hides: boolean }>(
    'select exists (select from events where transaction_id >= pg_snapshot_xmin(pg_current_snapshot())) as hides',
  );
  return rows[0]!.hides;
}
