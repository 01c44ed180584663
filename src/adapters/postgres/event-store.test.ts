import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { eventStoreSuite } from '../../application/ports/event-store.suite.ts';
import { createPostgresEventStore } from './event-store.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';

eventStoreSuite('Postgres', async () => {
  const base = process.env['DATABASE_URL_TEST']!;
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const admin = new pg.Client(base);
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = base.replace(/\/[^/]*$/, `/${name}`);
  await migrate(url);
  const pool = createPool(url);
  const store = createPostgresEventStore(pool);
  return { store, close: async () => { await store.close(); await pool.end(); } };
});
