/**
 * A long log of the events of real orders, for benchmarks of what reads it all. It is what one writer would have left
 * behind that appends event after event, chain included, written in large transactions so that a million take two minutes
 * and not an hour.
 */
import type { Pool } from 'pg';
import { sha256 } from '../src/adapters/node/sha256.ts';
import { inTransaction } from '../src/adapters/postgres/transaction.ts';
import { hashOf, NO_HASH } from '../src/application/ports/event-chain.ts';
import { orderEvents } from './order-events.ts';

const IN_ONE_TRANSACTION = 5_000;
const SAY_EVERY = 100_000;

/** Fills an empty log with so many events, as the owner of the database. */
export async function writeEvents(owner: Pool, count: number, say: (line: string) => void): Promise<void> {
  let columns = emptyColumns();
  let written = 0;
  const heads = new Map<string, { readonly revision: number; readonly hash: string }>();
  for await (const { stream, event } of orderEvents()) {
    const head = heads.get(stream) ?? { revision: -1, hash: NO_HASH };
    const revision = head.revision + 1;
    const recordedAt = new Date().toISOString();
    const hash = hashOf(head.hash, { ...event, stream, revision, recordedAt }, sha256);
    heads.set(stream, { revision, hash });
    columns.streams.push(stream);
    columns.revisions.push(revision);
    columns.ids.push(event.id);
    columns.types.push(event.type);
    columns.data.push(JSON.stringify(event.data));
    columns.metadata.push(JSON.stringify(event.metadata));
    columns.times.push(recordedAt);
    columns.hashes.push(hash);
    if (columns.ids.length < Math.min(IN_ONE_TRANSACTION, count - written)) continue;
    await insert(owner, columns);
    written += columns.ids.length;
    columns = emptyColumns();
    if (written % SAY_EVERY === 0) say(`${written} events written ...`);
    if (written === count) break;
  }
  await owner.query('analyze events');
}

const emptyColumns = () => ({
  streams: [] as string[],
  revisions: [] as number[],
  ids: [] as string[],
  types: [] as string[],
  data: [] as string[],
  metadata: [] as string[],
  times: [] as string[],
  hashes: [] as string[],
});

function insert(pool: Pool, columns: ReturnType<typeof emptyColumns>): Promise<void> {
  return inTransaction(pool, async (tx) => {
    await tx.query({
      name: 'bench-write-events',
      text: `insert into events (transaction_id, stream, revision, id, type, data, metadata, recorded_at, hash)
             select pg_current_xact_id(), e.stream, e.revision, e.id, e.type, e.data, e.metadata, e.recorded_at, e.hash
               from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::json[], $6::json[], $7::timestamptz[],
                           $8::text[])
                    with ordinality as e (stream, revision, id, type, data, metadata, recorded_at, hash, n)
              order by e.n`,
      values: Object.values(columns),
    });
  });
}
