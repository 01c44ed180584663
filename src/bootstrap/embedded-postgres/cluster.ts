import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurably } from './durable-file.ts';
import { clusterFolder } from './folder.ts';
import type { ClusterPlace } from './folder.ts';
import { isNamedProcessRunning, processName } from './process-identity.ts';
import { giveTo } from './run-as.ts';
import type { RunAs } from './run-as.ts';
import { StartupError } from '../startup-error.ts';

/** The one database user, and the name of the product's database. */
export const databaseUser = 'tradsy';

const passwordFile = (cluster: string): string => join(cluster, 'tradsy-password');

/** The password of the cluster's user, chosen when the cluster was made. */
export const readPassword = (home: string): string => readFileSync(passwordFile(clusterFolder(home)), 'utf8').trim();

const draftPrefix = 'cluster.draft-';

/** Drafts of processes that were killed while they made them. */
function removeDeadDrafts(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.startsWith(draftPrefix)) continue;
    const maker = name.slice(draftPrefix.length).split('.')[0] ?? '';
    if (!isNamedProcessRunning(maker)) rmSync(join(home, name), { recursive: true, force: true });
  }
}

/** Runs initdb and answers what it said, which matters only when it failed. */
function initdb(programs: string, args: readonly string[], runAs: RunAs | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const environment = { PATH: process.env['PATH'], LC_ALL: 'C' };
    const child = spawn(join(programs, 'initdb'), args, { ...runAs, cwd: '/', env: environment });
    const said: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.once('error', (error) => reject(new StartupError(`Postgres can not be started: ${error.message}.`)));
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const lines = said.join('').split('\n');
      const reason = lines.find((line) => /error|fatal/i.test(line)) ?? `initdb ended with code ${code}`;
      reject(new StartupError(`The database could not be created: ${reason}`));
    });
  });
}

/**
 * Makes the cluster unless there is one. It is made under another name and renamed when it is whole and on the disk, so
 * that a process which dies half-way, or two which try at once, leave no broken one.
 *
 * @param durable false leaves it to the system when to write it to the disk (tests).
 */
export async function ensureCluster(place: ClusterPlace, programs: string, durable: boolean): Promise<void> {
  const { home, runAs } = place;
  const cluster = clusterFolder(home);
  if (existsSync(cluster)) return;
  removeDeadDrafts(home);

  const draft = join(home, `${draftPrefix}${processName(process.pid)}.${randomUUID()}`);
  const draftPassword = `${draft}.password`;
  mkdirSync(draft, { mode: 0o700 });
  giveTo(runAs, draft);
  writeDurably(draftPassword, `${randomBytes(24).toString('base64url')}\n`);
  giveTo(runAs, draftPassword);
  const options = [
    ['-D', draft, '-U', databaseUser, `--pwfile=${draftPassword}`],
    ['--auth-host=scram-sha-256', '--auth-local=reject', '-E', 'UTF8', '--locale=C'],
    ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    durable ? [] : ['--no-sync'],
  ];
  try {
    await initdb(programs, options.flat(), runAs);
    renameSync(draftPassword, passwordFile(draft));
    syncFolder(draft);
    renameSync(draft, cluster);
    syncFolder(home);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    rmSync(draftPassword, { force: true });
    if (!existsSync(cluster)) throw error;
  }
}
