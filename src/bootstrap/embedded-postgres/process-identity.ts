import { readFileSync } from 'node:fs';

/** The fields of /proc/<pid>/stat from the state on; undefined where there is no such process or no /proc. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Is there a process with this id that still runs? One that has ended and only waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statOf(pid)?.[0] !== 'Z';
}

/**
 * A name for a process that outlives its id: ids are used again, so the time the process began is part of it where the
 * system tells it (Linux: clock ticks since boot).
 */
export function processName(pid: number): string {
  return `${pid}-${statOf(pid)?.[19] ?? ''}`;
}

/** Does the very process still run that had this name? */
export function isNamedProcessRunning(name: string): boolean {
  const pid = Number.parseInt(name, 10);
  return Number.isSafeInteger(pid) && pid > 0 && isRunning(pid) && processName(pid) === name;
}
