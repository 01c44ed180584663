/** Where an export goes: a file that is there only when it is complete, or standard output. */
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { StartupError } from '../startup-error.ts';

export interface Output {
  /** Resolves when more can be taken. */
  write(text: string): Promise<void>;
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  giveUp(): Promise<void>;
}

/** Throws StartupError for a file that exists, unless it may be replaced, and for a place that can not be written. */
export async function openOutput(out: string, mayReplace: boolean): Promise<Output> {
  if (out === '-') {
    // Each write tells its own failure; without a listener the process would end before.
    process.stdout.on('error', () => {});
    return standardOutput;
  }
  if (existsSync(out) && !mayReplace) throw new StartupError(`${out} exists already; --force replaces it`);
  const part = `${out}.part`;
  const file = await open(part, 'w').catch((error: Error) => {
    throw new StartupError(`${part} can not be written: ${error.message}`);
  });
  return {
    write: async (text) => {
      await file.writeFile(text).catch((error: Error) => {
        throw new StartupError(`${part} can not be written: ${error.message}`);
      });
    },
    async finish() {
      await file.sync();
      await file.close();
      await rename(part, out);
    },
    async giveUp() {
      await file.close();
      await rm(part, { force: true });
    },
  };
}

const standardOutput: Output = {
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) =>
        error ? reject(new StartupError(`standard output can not be written: ${error.message}`)) : resolve(),
      );
    }),
  finish: () => Promise.resolve(),
  giveUp: () => Promise.resolve(),
};
