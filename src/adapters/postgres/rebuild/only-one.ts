import { DatabaseError, type Pool } from 'pg';

/** Another process builds views beside the live ones; both would use the same schemas. */
export class AlreadyBuilding extends Error {
  override readonly name = 'AlreadyBuilding';
}

/** Any number that nothing else in the database locks by. */
const KEY = '7239452310';

/**
 * Runs `work` while nobody else does under this lock. Waits up to `patienceMs` for whoever does, and throws
 * AlreadyBuilding then. A process that was killed loses its lock with its connection.
 */
export async function onlyOne<T>(owner: Pool, patienceMs: number, work: () => Promise<T>): Promise<T> {
  const client = await owner.connect();
  const unheard = (): void => {};
  client.on('error', unheard);
  try {
    await client.query(`set lock_timeout = ${patienceMs}`);
    await client.query('select pg_advisory_lock($1)', [KEY]).catch((error: unknown) => {
      const isTaken = error instanceof DatabaseError && error.code === '55P03';
      throw isTaken ? new AlreadyBuilding('the read models are being rebuilt or verified by another process') : error;
    });
    return await work();
  } finally {
    client.off('error', unheard);
    // Closing the connection gives the lock back, whatever state it is in.
    client.release(true);
  }
}
