import { Pool } from 'pg';

/** Migration 0013. */
export const APP_ROLE = 'tradsy_app';
/** Migration 0012: the read models stand in a schema of their own. */
const VIEWS_SCHEMA = 'views';

export interface PoolOptions {
  /** Shown by the server for each connection. */
  readonly applicationName?: string;
  /** Most connections at once: default 10. */
  readonly max?: number;
  /**
   * `app`, the default: the role that can add events and never change one. `owner`: whoever the address names, to change
   * the schema.
   */
  readonly role?: 'app' | 'owner';
  /** Where the read models are looked for: default `views`. */
  readonly viewsSchema?: string;
  /** Server settings by name, for every connection. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The longest that a statement may take, in milliseconds: default 15 s. */
  readonly statementMs?: number;
  /** Told when a connection breaks while nobody uses it; the pool replaces it by itself. */
  readonly onError?: (error: Error) => void;
}

/**
 * The connections to Postgres. Every wait on it has an end: 5 s for a connection, 15 s for a statement, and a
 * transaction left open is closed by the server after 5 s, because an open one holds back every reader of the total
 * order.
 */
export function createPool(url: string, options: PoolOptions = {}): Pool {
  const { viewsSchema = VIEWS_SCHEMA, statementMs = 15_000 } = options;
  const settings = {
    search_path: `${viewsSchema},public`,
    ...(options.role === 'owner' ? {} : { role: APP_ROLE }),
    ...options.settings,
  };
  const address = new URL(url);
  const asked = [address.searchParams.get('options')].filter((option) => option !== null);
  address.searchParams.delete('options');
  const pool = new Pool({
    connectionString: address.href,
    application_name: options.applicationName ?? 'tradsy',
    max: options.max ?? 10,
    options: [...asked, ...Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)].join(' '),
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementMs,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 5_000,
    // Later than the server's own limit, so that it only ends the wait for a server that has gone silent.
    query_timeout: statementMs + 5_000,
  });
  pool.on('error', options.onError ?? (() => {}));
  return pool;
}
