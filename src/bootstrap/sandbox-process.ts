/** The sandbox as a process of its own: it stands for the vendors' servers, so it lives and dies apart from the app. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { StartupError } from './startup-error.ts';

export interface SandboxProcess {
  readonly url: string;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  /** The sandbox's program. */
  readonly program: string;
  readonly dataFolder: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly port: number;
  /** Told when it ended by itself; it is started again on the same port. */
  readonly onRestart: (reason: string) => void;
}

const STOP_WITHIN_MS = 2_000;

/** Starts it and waits until it answers. Throws StartupError with its own words when it can not start. */
export async function startSandbox(options: SandboxOptions): Promise<SandboxProcess> {
  let stopping = false;
  let child = await launch(options);

  function keepRunning(process: ChildProcess): void {
    process.once('exit', (code, signal) => {
      if (stopping) return;
      options.onRestart(`the sandbox ended (${signal ?? code ?? 'unknown'})`);
      launch(options).then(
        (next) => {
          child = next;
          if (stopping) next.kill('SIGTERM');
          else keepRunning(next);
        },
        (error: unknown) => options.onRestart(String(error)),
      );
    });
  }
  keepRunning(child);

  return {
    url: `http://127.0.0.1:${options.port}`,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(killer);
    },
  };
}

async function launch({ program, dataFolder, settings, port }: SandboxOptions): Promise<ChildProcess> {
  const child = fork(program, [], {
    // Detached from the terminal's own Ctrl-C: it is stopped in its turn, after the app.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...settings, SANDBOX_PORT: `${port}`, SANDBOX_HOST: '127.0.0.1', SANDBOX_DATA: dataFolder },
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new StartupError(complaint.trim() || 'the sandbox did not start')));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('"sandbox":"ready"')) resolve();
    });
  });
  return child;
}
