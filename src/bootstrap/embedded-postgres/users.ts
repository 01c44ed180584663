import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPlace } from './folder.ts';
import { isNamedProcessRunning, processName } from './process-identity.ts';
import { giveTo } from './run-as.ts';

/** Which processes of the product use the server of a home now: one file for each use, named by the process. */
const usersFolder = (home: string): string => join(home, 'users');

/** The name of the process that a use belongs to: one process may use the server more than once. */
const processOf = (use: string): string => use.split('.')[0] ?? '';

/** Enters a use by this process and answers its name. Done before the server is looked for: see `leaveUsers`. */
export function enterUsers({ home, runAs }: ClusterPlace): string {
  const folder = usersFolder(home);
  if (mkdirSync(folder, { recursive: true }) !== undefined) giveTo(runAs, folder);
  const use = `${processName(process.pid)}.${randomUUID()}`;
  writeFileSync(join(folder, use), '');
  return use;
}

/** Takes a use off, forgets those of processes that were killed, and answers whether living ones remain. */
export function leaveUsers(home: string, use: string): boolean {
  const folder = usersFolder(home);
  rmSync(join(folder, use), { force: true });
  const uses = readdirSync(folder);
  const living = uses.filter((other) => isNamedProcessRunning(processOf(other)));
  for (const other of uses) if (!living.includes(other)) rmSync(join(folder, other), { force: true });
  return living.length > 0;
}
