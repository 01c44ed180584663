import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { ids, put, sample, samples } from '../../application/ports/event-store-samples.suite.ts';
import { createPostgresEventStore } from './event-store.ts';
import { createPool } from './pool.ts';

/** A way to the server that can swallow its answer and break the connection. */
interface Line {
  readonly url: string;
  /** Breaks the next connection on which the server answers something containing `text`. */
  breakAt(text: string): void;
  close(): Promise<void>;
}

async function openLine(to: string): Promise<Line> {
  const target = new URL(to);
  const folder = await mkdtemp(join(tmpdir(), 'line-'));
  const open = new Set<Socket>();
  let breakAt: string | undefined;
  const server: Server = createServer((client) => {
    const upstream = createConnection(Number(target.port), target.hostname);
    open.add(client).add(upstream);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => {
      if (breakAt === undefined || !bytes.includes(breakAt)) return client.write(bytes);
      breakAt = undefined;
      return end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(join(folder, '.s.PGSQL.5432'), resolve);
  });
  const url = new URL(to);
  url.searchParams.set('host', folder);
  url.port = '5432';
  return {
    url: url.href,
    breakAt(text) {
      breakAt = text;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('an append whose answer does not come', () => {
  let opened: TestStore;
  beforeEach(async () => {
    opened = await openTestStore();
  });
  afterEach(() => opened.close());

  it('is sent again with the same ids, and found to be stored', async () => {
    const line = await openLine(opened.url);
    const pool = createPool(line.url);
    const store = createPostgresEventStore(pool);
    try {
      await put(store, 'warm', samples(1, 'warm'));
      line.breakAt('appended');
      const batch = samples(2);
      expect(await store.append('s', 'no-stream', batch)).toMatchObject({ revision: 1, repeated: true });
      expect(ids(await opened.store.readStream('s'))).toEqual(ids(batch));
    } finally {
      // A connection left half-open keeps the server from dropping any database until its authentication times out.
      await line.close();
      await store.close();
      await pool.end();
    }
  });

  it('is sent again when the server ended its connection before it was stored', async () => {
    const { pool, owner, store } = opened;
    const rival = await pool.connect();
    await rival.query('begin');
    const { id, type, data, metadata } = sample();
    await rival.query(`select append_events('s', -1, $1, $2, $3, $4)`, [[id], [type], [data], [metadata]]);
    const event = sample();
    const appending = store.append('s', 'no-stream', [event]);
    const waiter = `select pid from pg_stat_activity where wait_event = 'transactionid' and datname = current_database()`;
    let pids: { pid: number }[] = [];
    while (pids.length === 0) pids = (await owner.query<{ pid: number }>(waiter)).rows;
    await owner.query('select pg_terminate_backend($1)', [pids[0]!.pid]);
    await rival.query('rollback');
    rival.release();
    expect(await appending).toMatchObject({ kind: 'appended', revision: 0 });
    expect(ids(await store.readStream('s'))).toEqual([event.id]);
  });

  it('throws in the end when there is no server', async () => {
    const pool = createPool(`postgres://app@localhost/none?host=${encodeURIComponent(join(tmpdir(), 'no-server'))}`);
    const store = createPostgresEventStore(pool);
    await expect(store.append('s', 'any', [sample()])).rejects.toThrow('ENOENT');
    await store.close();
    await pool.end();
  });
});
