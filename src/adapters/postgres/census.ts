import type { Pool } from 'pg';
import type { Position } from '../../application/ports/event-store.ts';
import type { Census, EventName } from '../audit/log-source.ts';
import { fromPosition } from './event-rows.ts';

/**
 * `upTo` is a position that a reader of the total order has come to: nothing is added at or before it any more. The order
 * begins after (0, 0), and no event that a snapshot shows has a transaction id at or beyond the snapshot's xmax, unless
 * somebody wrote one: see `assertOwnTransactionIds`.
 */
export async function takeCensus(pool: Pool, upTo: Position): Promise<Census> {
  const counted = await pool.query<{ count: string }>(
    `select count(*) as count from events where (transaction_id, global_position) <= ($1::text::xid8, $2::bigint)`,
    [...fromPosition(upTo)],
  );
  const { rows } = await pool.query<EventName>(
    `(select stream, revision, id from events where (transaction_id, global_position) <= ('0'::xid8, 0) limit 1)
     union all
     (select stream, revision, id from events where transaction_id >= pg_snapshot_xmax(pg_current_snapshot()) limit 1)`,
  );
  return { count: Number(counted.rows[0]!.count), outside: rows[0] ?? null };
}
