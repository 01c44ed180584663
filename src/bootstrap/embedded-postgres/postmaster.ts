import { readFileSync, readlinkSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './process-identity.ts';
import { giveTo } from './run-as.ts';
import type { RunAs } from './run-as.ts';

/** The server process of a cluster, as its `postmaster.pid` tells of it. */
export type Postmaster = {
  readonly pid: number;
  readonly port: number;
  /** `starting` also while it recovers from a crash. */
  readonly status: 'starting' | 'ready' | 'other';
};

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid');

function readLines(cluster: string): string[] | undefined {
  try {
    return readFileSync(pidFile(cluster), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A server works in its cluster's folder. Undefined where the system does not tell (no /proc). */
function worksIn(pid: number, cluster: string): boolean | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return undefined;
  }
}

/**
 * The server that runs on this cluster now, if any.
 * PostgreSQL manual, "Database File Layout": `postmaster.pid` holds the process id, the data folder, the start time,
 * the port, the socket folder, the listen address, the shared memory key and the status, one a line.
 */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const lines = readLines(cluster);
  const pid = Number(lines?.[0]);
  if (lines === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (!isRunning(pid) || worksIn(pid, cluster) === false) return undefined;
  const status = lines[7]?.trim();
  return { pid, port: Number(lines[3]), status: status === 'ready' || status === 'starting' ? status : 'other' };
}

/**
 * After a crash of the machine or container the recorded process id can belong to some other program of the same user,
 * and Postgres then refuses to start for fear that it is a server. The line is replaced by our own id, which Postgres
 * passes over as that of its parent. The rest of the file stays: by the shared memory key in it Postgres still finds
 * out whether backends of the old server are alive.
 */
export function disownStrangersPid(cluster: string, runAs: RunAs | undefined): void {
  const lines = readLines(cluster);
  const pid = Number(lines?.[0]);
  if (lines === undefined || !(pid > 0) || !isRunning(pid) || worksIn(pid, cluster) !== false) return;
  const draft = `${pidFile(cluster)}.new`;
  writeFileSync(draft, [process.pid, ...lines.slice(1)].join('\n'), { mode: 0o600 });
  giveTo(runAs, draft);
  renameSync(draft, pidFile(cluster));
}

async function hasEnded(pid: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isRunning(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Stops a server: fast (open transactions are rolled back, the log is checkpointed) within 4 seconds, else at once
 * (the next start recovers from the log; nothing that was committed is lost). PostgreSQL manual, "Shutting Down the
 * Server".
 */
export async function stopPostmaster(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await hasEnded(pid, 4_000)) return;
  signal(pid, 'SIGQUIT');
  await hasEnded(pid, 700);
}
