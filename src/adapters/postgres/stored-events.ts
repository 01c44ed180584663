import type { Pool } from 'pg';
import type { StoredEvent } from '../../application/ports/event-chain.ts';
import type { Position } from '../../application/ports/event-store.ts';
import { fromPosition, toPosition, type EventRow } from './event-rows.ts';

type StoredRow = Omit<EventRow, 'data' | 'metadata'> & { readonly data: string; readonly metadata: string };

/**
 * The total order as `EventStore.readAll` gives it, with data and metadata as the text that is stored. So a check sees
 * also what parsing hides.
 */
export async function readStoredEvents(pool: Pool, after: Position, limit: number): Promise<readonly StoredEvent[]> {
  const { rows } = await pool.query<StoredRow>({
    name: 'events-read-stored',
    text: `select transaction_id::text, global_position, stream, revision, id, type, data::text, metadata::text,
                  recorded_at, hash
           from events
           where (transaction_id, global_position) > ($1::text::xid8, $2::bigint)
             and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
           order by events.transaction_id, global_position limit $3`,
    values: [...fromPosition(after), limit],
  });
  return rows.map((row) => ({
    stream: row.stream,
    revision: row.revision,
    position: toPosition(row),
    id: row.id,
    type: row.type,
    recordedAt: row.recorded_at.toISOString(),
    data: row.data,
    metadata: row.metadata,
    hash: row.hash,
  }));
}
