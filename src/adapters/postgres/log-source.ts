import type { Pool } from 'pg';
import type { LogSource } from '../audit/log-source.ts';
import { takeCensus } from './census.ts';
import { hidesEvents } from './hidden-events.ts';
import { readStoredEvents } from './stored-events.ts';

/** The log of a Postgres, to the letter as it is stored. */
export const postgresSource = (pool: Pool): LogSource => ({
  name: 'postgres',
  readAfter: (after, limit) => readStoredEvents(pool, after, limit),
  hidesEvents: () => hidesEvents(pool),
  census: (upTo) => takeCensus(pool, upTo),
});
