/** How far reactions have come: table `reaction_checkpoints` (migration 0009). */
import type { Pool } from 'pg';

import { START } from '../../application/ports/event-store.ts';
import type { Checkpoints } from '../../application/ports/progress.ts';

export function createCheckpoints(pool: Pool): Checkpoints {
  return {
    async load(reaction) {
      const { rows } = await pool.query<{ readonly position: string }>(
        'select position from reaction_checkpoints where reaction = $1',
        [reaction],
      );
      return rows[0]?.position ?? START;
    },
    async save(reaction, position) {
      await pool.query({
        name: 'reaction-checkpoint-save',
        text: `insert into reaction_checkpoints (reaction, position) values ($1, $2)
               on conflict (reaction) do update set position = excluded.position, saved_at = excluded.saved_at`,
        values: [reaction, position],
      });
    },
  };
}
