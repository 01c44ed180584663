/**
 * The schemas in which the tables of views stand. Each has its own checkpoint and its own quarantine, so that code
 * which names no schema works on any of them: the search path says which.
 */
import { escapeIdentifier, type ClientBase, type Pool } from 'pg';

import { APP_ROLE } from '../pool.ts';

/** `next`: being built. `previous`: what stood in `views` before the last switch. `verify`: built to compare. */
export const SCHEMAS = {
  live: 'views',
  next: 'views_next',
  previous: 'views_previous',
  verify: 'views_verify',
} as const;
export type Schema = (typeof SCHEMAS)[keyof typeof SCHEMAS];

/** The tables that every schema has besides those of its views. */
export const COMMON_TABLES = ['projection_checkpoints', 'quarantined_streams'] as const;

/** Has the rest of the transaction work on the tables of one schema. */
export async function workIn(tx: ClientBase, schema: Schema): Promise<void> {
  await tx.query(`set local search_path = ${schema}, public`);
}

/** Makes the schema anew, with empty tables like the live ones; the indexes and constraints bear the same names. */
export async function makeSchema(tx: ClientBase, schema: Schema, tables: readonly string[]): Promise<void> {
  await dropSchema(tx, schema);
  await tx.query(`create schema ${schema}`);
  for (const table of [...COMMON_TABLES, ...tables]) await makeTable(tx, schema, table);
  await tx.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${APP_ROLE}`);
}

export async function dropSchema(db: ClientBase | Pool, schema: Schema): Promise<void> {
  await db.query(`drop schema if exists ${schema} cascade`);
}

/**
 * `including all` would have the server choose the names of indexes, and a later migration would not find them by those
 * that it knows.
 */
async function makeTable(tx: ClientBase, schema: Schema, name: string): Promise<void> {
  const table = escapeIdentifier(name);
  const live = `${SCHEMAS.live}.${table}`;
  await tx.query(`create table ${schema}.${table} (like ${live} including all excluding indexes)`);
  const { rows: constraints } = await tx.query<{ conname: string; definition: string }>(
    `select conname, pg_get_constraintdef(oid) as definition from pg_constraint
      where conrelid = $1::regclass and contype in ('p', 'u', 'x') order by conname`,
    [live],
  );
  for (const { conname, definition } of constraints) {
    await tx.query(`alter table ${schema}.${table} add constraint ${escapeIdentifier(conname)} ${definition}`);
  }
  const { rows: indexes } = await tx.query<{ definition: string }>(
    `select pg_get_indexdef(indexrelid) as definition from pg_index
      where indrelid = $1::regclass and not exists (select from pg_constraint c where c.conindid = indexrelid)`,
    [live],
  );
  for (const { definition } of indexes) {
    await tx.query(definition.replace(` ON ${SCHEMAS.live}.`, ` ON ${schema}.`));
  }
}

export async function moveTables(tx: ClientBase, tables: readonly string[], from: Schema, to: Schema): Promise<void> {
  for (const table of tables) await tx.query(`alter table ${from}.${escapeIdentifier(table)} set schema ${to}`);
}
