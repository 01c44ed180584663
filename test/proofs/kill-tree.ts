/** Killing a server with all its processes, as a loss of power would: none of them has a moment to tidy up. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { isRunning } from '../../src/bootstrap/embedded-postgres/process-identity.ts';

/** The id of a process's parent; undefined when it has gone. */
export function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** Stops the parent, so that it can not react to the death of its children; ends when all have gone. */
export async function killTree(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const children = readdirSync('/proc')
    .map(Number)
    .filter((each) => parentOf(each) === pid);
  for (const each of [...children, pid]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  while ([...children, pid].some(isRunning)) await wait(2);
}
