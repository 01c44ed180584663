import type { Pool } from 'pg';

/**
 * Refuses a role that could change or remove what is stored: an event log that the app can rewrite proves nothing.
 * Throws an error naming what the pool's role may do to the events.
 */
export async function assertAppendOnly(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ role: string; privilege: string }>(
    `select current_user as role, privilege from unnest(array['update', 'delete', 'truncate']) as privilege
      where has_table_privilege('events', privilege)`,
  );
  const [first] = rows;
  if (first === undefined) return;
  const may = rows.map(({ privilege }) => privilege).join(', ');
  throw new Error(`the app works as ${first.role}, who may ${may} the events; revoke that`);
}
