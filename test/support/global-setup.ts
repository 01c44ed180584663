/** One throwaway Postgres for the whole run, with a migrated template from which every test file gets its database. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { removeDataFolder, startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { TEMPLATE } from './template.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tradsy-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, mode: 'throwaway' });
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const template = new URL(postgres.url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.toString());
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await removeDataFolder(dataDir);
  };
}
