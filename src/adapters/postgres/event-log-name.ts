/** Which event store is the system of record of a database: table `event_log` (migration 0017). */
import type { Pool } from 'pg';

/** The name that is recorded; `name` when there was none, and from then on. */
export async function recordedLogName(pool: Pool, name: string): Promise<string> {
  await pool.query('insert into event_log (name) values ($1) on conflict do nothing', [name]);
  const { rows } = await pool.query<{ name: string }>('select name from event_log');
  return rows[0]!.name;
}

export async function recordLogName(pool: Pool, name: string): Promise<void> {
  await pool.query('update event_log set name = $1, since = clock_timestamp()', [name]);
}

/** The newest event in this database; undefined when there is none. */
export async function newestStored(
  pool: Pool,
): Promise<{ readonly stream: string; readonly revision: number; readonly hash: string } | undefined> {
  const { rows } = await pool.query<{ stream: string; revision: number; hash: string }>(
    'select stream, revision, hash from events order by transaction_id desc, global_position desc limit 1',
  );
  return rows[0];
}
