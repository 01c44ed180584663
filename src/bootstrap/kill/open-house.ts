/**
 * The record of the house, for programs that add to it while the product runs, or on the data folder of one that does not.
 * They change no schema: in an emergency nothing may stand between a person and the kill switch.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemIds } from '../../adapters/node/clock-and-ids.ts';
import { createLog } from '../../adapters/node/log.ts';
import { createUsers } from '../../adapters/postgres/identity/users.ts';
import { isHeld } from '../../adapters/postgres/leases.ts';
import { createPool } from '../../adapters/postgres/pool.ts';
import { readPositionMismatches } from '../../adapters/postgres/views/position-mismatches.ts';
import type { PositionMismatchRow } from '../../adapters/postgres/views/position-mismatches.ts';
import { CATALOGUE } from '../../adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../adapters/stored-events/evolving-store.ts';
import { createAggregates } from '../../application/aggregates.ts';
import type { Aggregates } from '../../application/aggregates.ts';
import type { Cause } from '../../application/handle.ts';
import type { Clock, Ids } from '../../application/ports/clock-and-ids.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { Users } from '../../application/ports/identity.ts';
import type { Config } from '../config.ts';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { openEventLog } from '../event-log.ts';
import { StartupError } from '../startup-error.ts';

export interface House {
  readonly store: EventStore;
  readonly aggregates: Aggregates;
  readonly users: Users;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whether a process of the product carries out halts now. */
  isAtWork(): Promise<boolean>;
  /** Positions that are not the broker's, as the read models have them. */
  readonly positionMismatches: () => Promise<readonly PositionMismatchRow[]>;
  /** Of what is done here: whoever can open the database is trusted. */
  cause(): Cause;
  stop(): Promise<void>;
}

/** Throws StartupError when the record can not be reached, and where there has never been one. */
export async function openHouse(config: Config, say: (line: string) => void): Promise<House> {
  const { databaseUrl, dataFolder, eventStoreDbUrl } = config;
  if (databaseUrl === null && !existsSync(join(dataFolder, 'postgres'))) {
    throw new StartupError(`there is no record in ${dataFolder}: set TRADSY_DATA, or DATABASE_URL`);
  }
  const embedded = databaseUrl === null ? await startEmbeddedPostgres({ dataDir: dataFolder, onProgress: say }) : null;
  const pool = createPool(databaseUrl ?? embedded?.url ?? '', { applicationName: 'tradsy-kill', max: 3 });
  const close = async (): Promise<void> => {
    await pool.end();
    await embedded?.stop();
  };
  try {
    const log = createLog({ file: null, level: 'warn' });
    const eventLog = await openEventLog(eventStoreDbUrl, pool, log, 'refuse');
    const store = createEvolvingStore(eventLog.store, { catalogue: CATALOGUE, log });
    return {
      store,
      aggregates: createAggregates({ store, ids: systemIds }),
      users: createUsers(pool),
      clock: systemClock,
      ids: systemIds,
      isAtWork: () => isHeld(pool, 'kill-switch'),
      positionMismatches: () => readPositionMismatches(pool),
      cause: () => ({
        correlationId: systemIds.random(),
        causationId: null,
        actor: { kind: 'system', id: 'command-line' },
      }),
      async stop() {
        await eventLog.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    if (error instanceof StartupError) throw error;
    const reason = error instanceof AggregateError ? String(error.errors[0]) : (error as Error).message;
    throw new StartupError(`the record can not be used: ${reason}`);
  }
}
