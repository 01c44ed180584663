/** The built product as a process of its own, so that it can be killed like one. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../src/bootstrap/free-port.ts';

export interface RunningProgram {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended: by which signal, or null when it ended by itself. */
  readonly ended: Promise<NodeJS.Signals | null>;
  output(): string;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

const START_WITHIN_MS = 30_000;
/** Tests place more orders in a minute than a real broker would take; the sandbox takes as many as come. */
const REQUESTS = { ALPACA_REQUESTS_A_MINUTE: '100000', ALPACA_HOUSE_REQUESTS_A_MINUTE: '100000' };

/** Starts `dist/server/main.js` (or another build of it), and waits until it is ready. */
export async function startProduct(
  env: Readonly<Record<string, string>>,
  program = 'dist/server/main.js',
): Promise<RunningProgram> {
  const port = env['PORT'] ?? `${await freePort()}`;
  const running = launch(program, { HOST: '127.0.0.1', PORT: port, ...REQUESTS, ...env }, `http://127.0.0.1:${port}`);
  const end = Date.now() + START_WITHIN_MS;
  let over = false;
  void running.ended.then(() => {
    over = true;
  });
  for (;;) {
    const answer = await fetch(`${running.url}/readyz`).catch(() => null);
    if (answer?.status === 200) return running;
    if (over || Date.now() > end) {
      await running.kill('SIGKILL');
      throw new Error(`${program} did not become ready: ${running.output()}`);
    }
    await wait(25);
  }
}

/** Starts the sandbox alone, keeping its state in `folder`. */
export async function startSandboxProgram(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const port = `${await freePort()}`;
  const running = launch(
    'dist/sandbox/main.js',
    { SANDBOX_PORT: port, SANDBOX_DATA: folder, ...env },
    `http://127.0.0.1:${port}`,
  );
  while (!running.output().includes('"sandbox":"ready"')) {
    const ended = await Promise.race([running.ended.then(() => true), wait(20).then(() => false)]);
    if (ended) throw new Error(`the sandbox did not start: ${running.output()}`);
  }
  return running;
}

/** Starts a built program, and waits for nothing. */
export function launch(program: string, env: Readonly<Record<string, string>>, url: string): RunningProgram {
  if (!existsSync(program)) throw new Error(`${program} is missing: npm test builds it`);
  const child: ChildProcess = spawn(process.execPath, ['--enable-source-maps', program], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (text: string): void => {
    output = (output + text).slice(-20_000);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const ended = once(child, 'exit').then(() => child.signalCode);
  return {
    url,
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    async kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}
