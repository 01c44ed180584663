/** The events that reactions have passed over: table `passed_over_events` (migration 0014). */
import type { Pool } from 'pg';

import type { EventPlace, PassedOver } from '../../application/ports/progress.ts';

export function createPassedOver(pool: Pool): PassedOver {
  return {
    async load(reaction) {
      // Positions are compared as the port says, not as a language's dictionary has it.
      const { rows } = await pool.query<EventPlace>(
        `select stream, revision, position from passed_over_events where reaction = $1 order by position collate "C"`,
        [reaction],
      );
      return rows;
    },
    async add(reaction, { stream, revision, position }) {
      await pool.query({
        name: 'passed-over-add',
        text: 'insert into passed_over_events (reaction, stream, revision, position) values ($1, $2, $3, $4) on conflict do nothing',
        values: [reaction, stream, revision, position],
      });
    },
    async remove(reaction, { stream, revision }) {
      await pool.query('delete from passed_over_events where reaction = $1 and stream = $2 and revision = $3', [
        reaction,
        stream,
        revision,
      ]);
    },
  };
}
