import type { Pool } from 'pg';
import { takeCensus } from '../postgres/census.ts';
import { hidesEvents } from '../postgres/hidden-events.ts';
import { readStoredEvents } from '../postgres/stored-events.ts';
import type { LogSource } from './log-source.ts';

/** The log of a Postgres, to the letter as it is stored. */
export const postgresSource = (pool: Pool): LogSource => ({
  name: 'postgres',
  readAfter: (after, limit) => readStoredEvents(pool, after, limit),
  hidesEvents: () => hidesEvents(pool),
  census: (upTo) => takeCensus(pool, upTo),
});
