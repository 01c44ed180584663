/** When accounts were compared with the broker's records: table `reconciliations` (migration 0015). */
import type { Pool } from 'pg';

import type { Reconciliations } from '../../application/ports/progress.ts';

export function createReconciliations(pool: Pool): Reconciliations {
  return {
    async lastOf(accountId) {
      const { rows } = await pool.query<{ readonly done_at: Date }>(
        'select done_at from reconciliations where account_id = $1',
        [accountId],
      );
      return rows[0]?.done_at.toISOString() ?? null;
    },
    async record(accountId, at) {
      await pool.query(
        `insert into reconciliations (account_id, done_at) values ($1, $2)
         on conflict (account_id) do update set done_at = greatest(reconciliations.done_at, excluded.done_at)`,
        [accountId, at],
      );
    },
  };
}
