import { setTimeout as sleep } from 'node:timers/promises';
import { clusterFolder } from './folder.ts';
import type { ClusterPlace } from './folder.ts';
import { launchServer } from './launch.ts';
import type { ClusterMode } from './launch.ts';
import { disownStrangersPid, findPostmaster } from './postmaster.ts';

export type Watched = {
  readonly place: ClusterPlace;
  readonly programs: string;
  readonly mode: ClusterMode;
  /** Where the connections expect it. */
  readonly port: number;
  readonly onProgress: (line: string) => void;
};

const lookEveryMs = 100;
const longestPauseMs = 1_000;

/**
 * Starts the server again, on its port, whenever it has ended while it is in use: it was killed, or it gave up because
 * the disk was full, which it also does while it recovers as long as there is no space. So it is tried until it lives.
 * Ends when the signal aborts.
 */
export async function keepRunning(watched: Watched, signal: AbortSignal): Promise<void> {
  const { place, programs, mode, port, onProgress } = watched;
  const cluster = clusterFolder(place.home);
  let pauseMs = lookEveryMs;
  for (;;) {
    await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    if (findPostmaster(cluster) !== undefined) {
      pauseMs = lookEveryMs;
      continue;
    }
    if (pauseMs === lookEveryMs) onProgress('The database has ended; it is started again ...');
    try {
      disownStrangersPid(cluster, place.runAs);
      const server = await launchServer(place, programs, mode, port);
      // Also when the use has ended: whoever stops the server must find it.
      while (server.failure() === undefined && findPostmaster(cluster)?.status !== 'ready') {
        await sleep(lookEveryMs / 10);
      }
    } catch {
      // Without a file for its output it can not be launched either; later there may be space for one.
    }
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}
