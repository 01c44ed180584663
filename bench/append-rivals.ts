/** The three ways to keep an event that the benchmark compares, on one Postgres, with as many connections each. */
import { createHash, randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { Client, Pool, TypeOverrides, types } from 'pg';
import { createPostgresEventStore } from '../src/adapters/postgres/event-store.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { createPool } from '../src/adapters/postgres/pool.ts';
import { eventId } from '../src/application/ports/event-id.ts';

/** Appends one event to the writer's own stream, as a durable transaction of its own. */
export type AppendOne = () => Promise<void>;

export interface Rival {
  readonly name: string;
  /** A new writer with a new stream. */
  readonly writer: () => AppendOne;
  readonly close: () => Promise<void>;
}

const TYPE = 'OrderAcknowledged';
/** Two more than there are writers: the product's own store has something to say besides. */
const CONNECTIONS = 10;

/** Together about 500 bytes of JSON, as the events of an order have. */
const data = {
  brokerOrderId: '61e69015-8549-4bfd-b9c3-01e75843f47d',
  symbol: 'AAPL',
  side: 'buy',
  type: 'limit',
  quantity: '10',
  limitPrice: '187.25',
  timeInForce: 'day',
  acknowledgedAt: '2026-03-02T15:00:00.125Z',
  note: 'x'.repeat(80),
};
const metadata = {
  correlationId: '0d3c7a52-8a58-4f0e-9d0a-3f0f6f3a1c11',
  causationId: 'f5f3a0a8-6c0a-4a53-8f26-0b9f0c6d2e77',
  actor: { kind: 'broker', id: 'alpaca' },
  schemaVersion: 1,
} as const;

/** The product's own store, as the app wires it. */
export async function ownStore(url: string): Promise<Rival> {
  await migrate(url);
  const pool = createPool(url, { max: CONNECTIONS });
  const store = createPostgresEventStore(pool);
  return {
    name: 'own',
    writer() {
      const stream = `bench-${randomUUID()}`;
      let revision = -1;
      return async () => {
        const event = { id: eventId(stream, randomUUID()), type: TYPE, data, metadata };
        const result = await store.append(stream, revision === -1 ? 'no-stream' : revision, [event]);
        if (result.kind !== 'appended') throw new Error(`an append to ${stream} met a conflict`);
        revision = result.revision;
      };
    },
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

/** The yardstick: a prepared insert of the same columns into a table with nothing but a primary key. */
export async function bareInsert(url: string): Promise<Rival> {
  const pool = createPool(url, { max: CONNECTIONS, role: 'owner' });
  await pool.query(`create table public.bench_bare (
    transaction_id xid8 not null, global_position bigint generated always as identity primary key,
    stream text not null, revision integer not null, id uuid not null, type text not null,
    data json not null, metadata json not null, recorded_at timestamptz(3) not null, hash text not null)`);
  const hash = createHash('sha256').digest('hex');
  return {
    name: 'bare insert',
    writer() {
      const stream = `bench-${randomUUID()}`;
      let revision = -1;
      return async () => {
        revision += 1;
        await pool.query({
          name: 'bench-bare',
          text: `insert into bench_bare (transaction_id, stream, revision, id, type, data, metadata, recorded_at, hash)
                 values (pg_current_xact_id(), $1, $2, $3, $4, $5, $6, clock_timestamp(), $7)`,
          values: [stream, revision, randomUUID(), TYPE, JSON.stringify(data), JSON.stringify(metadata), hash],
        });
      };
    },
    close: () => pool.end(),
  };
}

/** The event store for Node that most people would take, in a database of its own on the same server. */
export async function emmett(url: string): Promise<Rival> {
  const own = new URL(url);
  own.pathname = '/bench_emmett';
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create database bench_emmett');
  await client.end();
  const parsers = new TypeOverrides();
  const pool = new Pool({ connectionString: own.href, max: CONNECTIONS, types: parsers });
  const store = keepingParsers(parsers, () => getPostgreSQLEventStore(own.href, { connectionOptions: { pool } }));
  await store.schema.migrate();
  return {
    name: 'emmett',
    writer() {
      const stream = `bench-${randomUUID()}`;
      let version = 0n;
      return async () => {
        const event = { type: TYPE, data, metadata };
        const result = await store.appendToStream(stream, [event], { expectedStreamVersion: version });
        version = result.nextExpectedStreamVersion;
      };
    },
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

/** It sets how the driver reads bigint and JSON, for everybody in the process: that is kept to its own connections. */
function keepingParsers<T>(theirs: TypeOverrides, make: () => T): T {
  const { INT8, JSON: json, JSONB } = types.builtins;
  const before = [INT8, json, JSONB].map((type) => ({ type, parser: types.getTypeParser(type) }));
  const made = make();
  for (const { type, parser } of before) {
    theirs.setTypeParser(type, types.getTypeParser(type));
    types.setTypeParser(type, parser);
  }
  return made;
}
