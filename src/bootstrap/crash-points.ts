import { CRASH_POINTS } from '../application/ports/crash-points.ts';
import type { PassCrashPoint } from '../application/ports/crash-points.ts';
import { StartupError } from './startup-error.ts';

/**
 * Kills this process as `kill -9` does, when it passes the point named by `crashAt` (`point`, or `point:n` for the n-th
 * time). With null, nobody listens.
 */
export function crashPoints(crashAt: string | null): PassCrashPoint {
  if (crashAt === null) return () => undefined;
  const [name, count = '1'] = crashAt.split(':');
  if (!CRASH_POINTS.some((point) => point === name)) {
    throw new StartupError(`TRADSY_CRASH_AT names no crash point: ${crashAt}; there are ${CRASH_POINTS.join(', ')}`);
  }
  let left = Number(count);
  return (point) => {
    if (point !== name) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
