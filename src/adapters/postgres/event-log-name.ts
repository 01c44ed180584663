/** Which event store is the system of record of a database: table `event_log` (migration 0017). */
import type { Pool } from 'pg';

import type { Owned } from '../../application/ports/leases.ts';
import { LEASE_LOCK } from './leases.ts';
import { inTransaction } from './transaction.ts';

/** The name that is recorded; `name` when there was none, and from then on. */
export async function recordedLogName(pool: Pool, name: string): Promise<string> {
  await pool.query('insert into event_log (name) values ($1) on conflict do nothing', [name]);
  const { rows } = await pool.query<{ name: string }>('select name from event_log');
  return rows[0]!.name;
}

/** False, and nothing is changed, while a process works on this database. */
export function recordLogName(pool: Pool, name: string): Promise<boolean> {
  return inTransaction(pool, async (tx) => {
    const working: Owned = 'order-desk';
    const { rows } = await tx.query<{ free: boolean }>(`select pg_try_advisory_xact_lock(${LEASE_LOCK}) as free`, [
      working,
    ]);
    if (!rows[0]!.free) return false;
    await tx.query('update event_log set name = $1, since = clock_timestamp()', [name]);
    return true;
  });
}

/** Whether a reaction has gone through events of the store with this name. */
export async function hasFollowed(pool: Pool, name: string): Promise<boolean> {
  const { rows } = await pool.query<{ followed: boolean }>(
    'select exists (select from reaction_checkpoints where log = $1) as followed',
    [name],
  );
  return rows[0]!.followed;
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
