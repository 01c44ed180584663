import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
 *
 * @param commit `lazy`: the commit does not wait for the disk. For what follows from the events and can be made again: a
 * server that crashes may forget the last of it, whole transactions at a time and the latest first.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (tx: PoolClient) => Promise<T>,
  commit: 'durable' | 'lazy' = 'durable',
): Promise<T> {
  const tx = await pool.connect();
  let broken = false;
  const breaks = (): void => {
    broken = true;
  };
  // A connection that breaks between two statements tells it only here, and unheard it would end the process.
  tx.on('error', breaks);
  try {
    await tx.query(commit === 'durable' ? 'begin' : 'begin; set local synchronous_commit = off');
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
