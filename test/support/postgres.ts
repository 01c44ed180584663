/** A database of its own for each test file, from a migrated template on the run's throwaway server. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { TEMPLATE } from './template.ts';

export interface TestDatabase {
  readonly url: string;
  /** Ends connections that are left, and removes it. */
  close(): Promise<void>;
  drop(): Promise<void>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's throwaway Postgres, as an administrator. */
    postgresUrl: string;
  }
}

/** `empty`: without the schema. */
export async function createTestDatabase(contents: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name} template ${contents === 'migrated' ? TEMPLATE : 'template0'}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = (): Promise<void> => onServer(server, `drop database if exists ${name} with (force)`);
  return { url: url.toString(), close: drop, drop };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
