import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';

/** Ends the command with an exit code; the message, when there is one, is the line to print. */
export class Stopped extends Error {
  constructor(exitCode, message = '') {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Progress for people. */
export const say = (line) => process.stderr.write(`${line}\n`);

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const codeOf = (signal) => 128 + constants.signals[signal];

/**
 * Runs a program in the foreground: it has this terminal, gets the signals sent to us, and its exit code is the answer
 * (128 + n after signal n, as shells count). `onStart` is told its process id.
 */
export function foreground(command, args, { onStart, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    let received;
    const forward = (signal) => {
      received = signal;
      child.kill(signal);
    };
    const stopForwarding = () => forwarded.forEach((signal) => process.off(signal, forward));
    forwarded.forEach((signal) => process.on(signal, forward));
    child.once('spawn', () => onStart?.(child.pid));
    child.once('error', (error) => {
      stopForwarding();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      if (signal !== null) resolve(codeOf(signal));
      else resolve(code !== 0 && received !== undefined ? codeOf(received) : code);
    });
  });
}

/** Runs a development tool of node_modules in the foreground and answers its exit code. */
export function tool(name, args, options = {}) {
  return foreground(process.execPath, [realpathSync(`node_modules/.bin/${name}`), ...args], options);
}

/** Ends the command unless the exit code is 0. Who interrupted it needs no message. */
export function mustPass(exitCode, message = '') {
  if (exitCode !== 0) throw new Stopped(exitCode, exitCode > 128 ? '' : message);
}
