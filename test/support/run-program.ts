/** Runs a program of the built server to its end, as the command line does. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  readonly code: number | null;
  /** What it wrote to standard output, and to standard error. */
  readonly said: string;
  readonly complaint: string;
}

/** `program` without its ending, as it lies in `dist/server`. */
export const launchProgram = (
  program: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): ChildProcess =>
  spawn(process.execPath, [`dist/server/${program}.js`, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

export async function runProgram(
  program: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Ended> {
  const child = launchProgram(program, env, args);
  let said = '';
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, complaint };
}
