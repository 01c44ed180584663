/** The events that reactions have passed over: table `passed_over_events` (migration 0014). */
import type { Pool } from 'pg';

import type { EventPlace, PassedOver } from '../../application/ports/progress.ts';

/** `log` names the event store that the events are in: default `postgres`. */
export function createPassedOver(pool: Pool, log = 'postgres'): PassedOver {
  return {
    async load(reaction) {
      // Positions are compared as the port says, not as a language's dictionary has it.
      const { rows } = await pool.query<EventPlace>(
        `select stream, revision, position from passed_over_events
          where reaction = $1 and log = $2 order by position collate "C"`,
        [reaction, log],
      );
      return rows;
    },
    async add(reaction, { stream, revision, position }) {
      await pool.query({
        name: 'passed-over-add',
        text: `insert into passed_over_events (reaction, log, stream, revision, position) values ($1, $2, $3, $4, $5)
               on conflict do nothing`,
        values: [reaction, log, stream, revision, position],
      });
    },
    async remove(reaction, { stream, revision }) {
      await pool.query(
        'delete from passed_over_events where reaction = $1 and log = $2 and stream = $3 and revision = $4',
        [reaction, log, stream, revision],
      );
    },
  };
}
