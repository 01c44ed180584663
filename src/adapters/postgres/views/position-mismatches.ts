/** The part of the view of positions that tells where the broker has another one: table `position_mismatches` (migration 0021). */
import type { ClientBase, Pool } from 'pg';

import type { RecordedEvent } from '../../../application/ports/event-store.ts';
import type {
  BrokerPositionAdopted,
  PositionMismatchFound,
  PositionMismatchResolved,
} from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';

/** Shares by our record and by the broker's, and since when it is known that they differ. */
export interface MismatchRow {
  readonly ours: string;
  readonly brokers: string;
  /** RFC 3339. */
  readonly since: string;
}

type MismatchEvent = RecordedEvent & (PositionMismatchFound | PositionMismatchResolved | BrokerPositionAdopted);

const TYPES: readonly string[] = [
  'PositionMismatchFound',
  'PositionMismatchResolved',
  'BrokerPositionAdopted',
] satisfies MismatchEvent['type'][];

export interface PositionMismatchRow extends MismatchRow {
  readonly accountId: string;
  readonly symbol: string;
}

/** Of all accounts; the oldest first. */
export async function readPositionMismatches(pool: Pool): Promise<readonly PositionMismatchRow[]> {
  const { rows } = await pool.query<Omit<PositionMismatchRow, 'since'> & { since: Date }>(
    `select account_id as "accountId", symbol, ours, brokers, since from position_mismatches
      order by since, account_id, symbol`,
  );
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** Takes those of the events that say something of it; each must be new. */
export async function applyMismatches(tx: ClientBase, recorded: readonly RecordedEvent[]): Promise<void> {
  const events = recorded.filter((event): event is MismatchEvent => TYPES.includes(event.type));
  // One after another: of each symbol the last one counts, and the first one says since when.
  for (const { stream, type, data } of events) {
    const values = [stream.slice(riskStream('').length), data.symbol];
    if (type === 'PositionMismatchFound') {
      await tx.query({
        name: 'position-mismatches-find',
        text: `insert into position_mismatches (account_id, symbol, ours, brokers, since) values ($1, $2, $3, $4, $5)
               on conflict (account_id, symbol) do update set ours = excluded.ours, brokers = excluded.brokers`,
        values: [...values, data.ours, data.brokers, data.foundAt],
      });
    } else {
      await tx.query({
        name: 'position-mismatches-end',
        text: 'delete from position_mismatches where account_id = $1 and symbol = $2',
        values,
      });
    }
  }
}
