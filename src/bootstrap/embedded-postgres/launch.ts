import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { clusterFolder } from './folder.ts';
import type { ClusterPlace } from './folder.ts';
import { giveTo } from './run-as.ts';

/** Durable is for people's data; throwaway gives up safety at a crash for speed, for tests. */
export type ClusterMode = 'durable' | 'throwaway';

/** Settings for a machine that does other things too. One server has many small users: the product and its tools. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A transaction left open holds back every subscription to the event store.
  idle_in_transaction_session_timeout: '5s',
  // The product reports its own failed statements; here only the server's life is logged.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

const settingsOf: Record<ClusterMode, Record<string, string>> = {
  durable: { max_connections: '60', fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
  throwaway: { max_connections: '200', fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
};

const logFile = (home: string): string => join(home, 'postgres.log');

/** A server process that we have started. `failure` is undefined while it runs, then the last line of its log. */
export type Launched = { readonly pid: number | undefined; failure(): string | undefined };

/** The last thing the server said since the given length of its log, without the time in front. */
function lastWords(home: string, from: number): string {
  const lines = readFileSync(logFile(home)).subarray(from).toString().split('\n');
  const fatal = lines.filter((line) => /(FATAL|PANIC|ERROR): /.test(line)).at(-1);
  const last = fatal ?? lines.filter((line) => line.trim() !== '').at(-1) ?? `no reason given in ${logFile(home)}`;
  return last.replace(/^.*?(FATAL|PANIC|ERROR): +/, '');
}

/**
 * Starts the server on a port, by default a free one. It belongs to no terminal, so that a Ctrl-C reaches the product
 * alone, which still needs its database to finish; and it outlives us when we are killed.
 */
export async function launchServer(
  place: ClusterPlace,
  programs: string,
  mode: ClusterMode,
  port?: number,
): Promise<Launched> {
  const { home, runAs } = place;
  const all = Object.entries({ ...settings, ...settingsOf[mode], port: String(port ?? (await freePort())) });
  const args = ['-D', clusterFolder(home), ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])];

  const log = openSync(logFile(home), 'a', 0o600);
  giveTo(runAs, logFile(home));
  const logLength = fstatSync(log).size;
  const child = spawn(join(programs, 'postgres'), args, {
    ...runAs,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();

  let failure: (() => string) | undefined;
  child.once('error', (error) => (failure = () => error.message));
  // The log is read when somebody asks: after an orderly end its folder may be gone already.
  child.once('exit', () => (failure = () => lastWords(home, logLength)));
  return { pid: child.pid, failure: () => failure?.() };
}
