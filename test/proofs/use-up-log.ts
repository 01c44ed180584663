import { join } from 'node:path';
import { Client } from 'pg';
import { databaseUser, readPassword } from '../../src/bootstrap/embedded-postgres/cluster.ts';
import { clusterFolder } from '../../src/bootstrap/embedded-postgres/folder.ts';
import { findPostmaster } from '../../src/bootstrap/embedded-postgres/postmaster.ts';

/**
 * Switches an embedded Postgres to the next segment of its write-ahead log until there is none, which ends it. `fill`
 * takes the space that it has set free in the meantime.
 */
export async function useUpLog(dataDir: string, fill: () => void): Promise<void> {
  const home = join(dataDir, 'postgres');
  const port = findPostmaster(clusterFolder(home))?.port;
  const client = new Client(`postgres://${databaseUser}:${readPassword(home)}@127.0.0.1:${port}/${databaseUser}`);
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (;;) {
      fill();
      await client.query(`select pg_logical_emit_message(true, 'proof', 'x'), pg_switch_wal()`);
    }
  } catch {
    await client.end().catch(() => undefined);
  }
}
