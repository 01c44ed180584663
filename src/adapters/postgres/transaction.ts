import type { Pool, PoolClient } from 'pg';

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken = false;
  const breaks = (): void => {
    broken = true;
  };
  // A connection that breaks between two statements tells it only here, and unheard it would end the process.
  tx.on('error', breaks);
  try {
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback').catch(breaks);
    throw error;
  } finally {
    tx.off('error', breaks);
    tx.release(broken);
  }
}
