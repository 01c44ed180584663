import { Client, DatabaseError } from 'pg';
import { StartupError } from '../startup-error.ts';

/**
 * What a server answers: `later` while it is starting, recovering or going down, else whether it is one that writes a
 * commit to the disk before it confirms it.
 */
export type Answer = 'later' | { readonly isDurable: boolean };

const isTransient = (code: string | undefined): boolean =>
  // 57P03 cannot_connect_now, 57P01 admin_shutdown, 53300 too_many_connections (PostgreSQL manual, "Error Codes").
  code === '57P03' || code === '57P01' || code === '53300';

async function query<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 10_000 });
  // Without a listener, a connection that breaks between two calls would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Makes the database of a new cluster; another process may be just as quick. */
async function createDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  const administration = new URL(url);
  administration.pathname = '/postgres';
  await query(administration.href, (client) => client.query(`create database "${name}"`)).catch((error: unknown) => {
    // 42P04 duplicate_database, 23505 the same while both are at it.
    if (!(error instanceof DatabaseError) || (error.code !== '42P04' && error.code !== '23505')) throw error;
  });
}

/**
 * Connects to the product's database, which is made where the cluster has none yet.
 * @throws StartupError when a server answers, but not as the one of this cluster should.
 */
export async function probe(url: string): Promise<Answer> {
  try {
    const result = await query(url, (client) => client.query<{ fsync: string }>('show fsync'));
    return { isDurable: result.rows[0]?.fsync === 'on' };
  } catch (error) {
    if (!(error instanceof DatabaseError)) return 'later';
    if (isTransient(error.code)) return 'later';
    // 3D000 invalid_catalog_name: there is no such database.
    if (error.code !== '3D000') throw new StartupError(`The embedded Postgres refuses us: ${error.message}.`);
    await createDatabase(url);
    return 'later';
  }
}
