import { setTimeout as sleep } from 'node:timers/promises';
import { postgresPrograms } from './embedded-postgres/binaries.ts';
import { databaseUser, ensureCluster, readPassword } from './embedded-postgres/cluster.ts';
import { clusterFolder, openClusterPlace } from './embedded-postgres/folder.ts';
import type { ClusterPlace } from './embedded-postgres/folder.ts';
import { keepRunning } from './embedded-postgres/keep-running.ts';
import { launchServer } from './embedded-postgres/launch.ts';
import type { ClusterMode, Launched } from './embedded-postgres/launch.ts';
import { disownStrangersPid, findPostmaster, stopPostmaster } from './embedded-postgres/postmaster.ts';
import { probe } from './embedded-postgres/probe.ts';
import { enterUsers, leaveUsers } from './embedded-postgres/users.ts';
import { StartupError } from './startup-error.ts';

export { removeDataFolder } from './embedded-postgres/folder.ts';

export type EmbeddedPostgresOptions = {
  /** The product's data folder; the cluster lies in its subfolder `postgres`, or where that folder says. */
  readonly dataDir: string;
  /** Default: durable. */
  readonly mode?: ClusterMode;
  /** Is told what takes time or is worth knowing, one line each. */
  readonly onProgress?: (line: string) => void;
};

export type EmbeddedPostgres = {
  /** `postgres://` address with user and password, on the loopback interface. */
  readonly url: string;
  /** The server was running already, left behind by a killed process or in use by another one. */
  readonly adopted: boolean;
  /**
   * Ends this use of the server. The last process that uses it stops it, within 5 seconds; a server that others use
   * goes on. May be called more than once.
   */
  stop(): Promise<void>;
};

/** How long a server that runs may take to answer, and how often a start may be tried again in that time. */
const patienceMs = 15_000;
/** How long one that we started may take: after a crash it first replays its log. */
const recoveryMs = 120_000;

const urlOf = (home: string, port: number): string =>
  `postgres://${databaseUser}:${readPassword(home)}@127.0.0.1:${port}/${databaseUser}`;

type Connection = { readonly url: string; readonly isDurable: boolean };

/** The running server once it answers; undefined when it has gone, or is not ready to answer yet. */
async function connect(home: string): Promise<Connection | undefined> {
  const postmaster = findPostmaster(clusterFolder(home));
  if (postmaster?.status !== 'ready') return undefined;
  const url = urlOf(home, postmaster.port);
  const answer = await probe(url);
  return answer === 'later' ? undefined : { url, isDurable: answer.isDurable };
}

/** Waits for the server that we have started; undefined when it ended instead. */
async function untilAnswering(home: string, server: Launched, say: (line: string) => void) {
  const start = performance.now();
  let told = false;
  while (server.failure() === undefined) {
    const connection = await connect(home);
    if (connection) return connection;
    const waited = performance.now() - start;
    if (waited > recoveryMs) throw new StartupError(`The embedded Postgres in ${home} does not become ready.`);
    if (waited > 2_000 && !told) say('The database recovers from a crash ...');
    told ||= waited > 2_000;
    await sleep(10);
  }
  return undefined;
}

/** Two processes started at once, a port that was taken at the last moment, a dead server that is not reaped yet. */
const isWorthAnotherTry = (failure: string): boolean =>
  /lock file "postmaster\.pid"|could not bind|could not create any TCP\/IP sockets|pre-existing shared memory/.test(
    failure,
  );

async function connectOrLaunch(place: ClusterPlace, programs: string, mode: ClusterMode, say: (line: string) => void) {
  const { home, runAs } = place;
  const cluster = clusterFolder(home);
  const start = performance.now();
  for (;;) {
    const running = findPostmaster(cluster);
    const isTooLate = performance.now() - start > (running?.status === 'starting' ? recoveryMs : patienceMs);
    if (running) {
      const connection = await connect(home);
      if (connection) return { ...connection, adopted: true };
      if (isTooLate) {
        throw new StartupError(`A Postgres server (process ${running.pid}) holds ${cluster}, but does not answer.`);
      }
    } else {
      disownStrangersPid(cluster, runAs);
      const server = await launchServer(place, programs, mode);
      const connection = await untilAnswering(home, server, say);
      if (connection) return { ...connection, adopted: false };
      const failure = server.failure() ?? '';
      if (isTooLate || !isWorthAnotherTry(failure)) {
        throw new StartupError(`The embedded Postgres in ${home} does not start: ${failure}`);
      }
    }
    await sleep(50);
  }
}

/**
 * Starts PostgreSQL from the packages in node_modules on a folder, or connects to the server that runs there already.
 *
 * Several processes may use one folder: the server is started by the first and stopped by the last of them. A server
 * whose users were all killed goes on alone; the next one to come finds it and answers for it from then on. A server that
 * ends while it is in use is started again at the same address.
 * @throws StartupError when that is not possible; the message says why in one line.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, mode = 'durable', onProgress = () => undefined } = options;
  const place = openClusterPlace(dataDir, onProgress);
  const programs = await postgresPrograms(place.runAs);
  await ensureCluster(place, programs, mode === 'durable');

  const use = enterUsers(place);
  const leaving = new AbortController();
  let watch: Promise<void> | undefined;
  const leave = async () => {
    leaving.abort();
    await watch;
    if (leaveUsers(place.home, use)) return;
    const postmaster = findPostmaster(clusterFolder(place.home));
    if (postmaster) await stopPostmaster(postmaster.pid);
  };
  try {
    const { url, isDurable, adopted } = await connectOrLaunch(place, programs, mode, onProgress);
    if (mode === 'durable' && !isDurable) {
      throw new StartupError(
        `The server that runs on ${dataDir} does not keep data safe (fsync is off): stop it first.`,
      );
    }
    watch = keepRunning({ place, programs, mode, port: Number(new URL(url).port), onProgress }, leaving.signal);
    let stopping: Promise<void> | undefined;
    return { url, adopted, stop: () => (stopping ??= leave()) };
  } catch (error) {
    await leave();
    throw error;
  }
}
