/** How far reactions have come: table `reaction_checkpoints` (migrations 0009 and 0015). */
import type { Pool } from 'pg';

import { START } from '../../application/ports/event-store.ts';
import { Overtaken } from '../../application/ports/leases.ts';
import type { Checkpoints } from '../../application/ports/progress.ts';

/** `log` names the event store of whose total order the positions are: default `postgres`. */
export function createCheckpoints(pool: Pool, log = 'postgres'): Checkpoints {
  return {
    async load(reaction) {
      const { rows } = await pool.query<{ readonly position: string }>(
        'select position from reaction_checkpoints where reaction = $1 and log = $2',
        [reaction, log],
      );
      return rows[0]?.position ?? START;
    },
    async save(reaction, position, fence) {
      const { rowCount } = await pool.query({
        name: 'reaction-checkpoint-save',
        text: `insert into reaction_checkpoints as saved (reaction, log, position, fence) values ($1, $2, $3, $4)
               on conflict (reaction, log) do update
                 set position = excluded.position, fence = excluded.fence, saved_at = excluded.saved_at
                 where saved.fence <= excluded.fence`,
        values: [reaction, log, position, fence],
      });
      if (rowCount === 0) throw new Overtaken(`a later owner than ${fence} has moved the checkpoint of ${reaction}`);
    },
  };
}
