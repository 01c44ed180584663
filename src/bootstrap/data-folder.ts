import { accessSync, constants, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartupError } from './startup-error.ts';

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'it can not be made there',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of that path is a file',
  EEXIST: 'there is a file of that name',
  ENOSPC: 'the disk is full',
};

/** Like `mkdir -p`. Node's own `recursive` never returns where a file system refuses new folders with ENOENT (/proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** A folder that can be set: what it is called, and the setting that names it. */
interface Kind {
  readonly name: string;
  readonly setting: string;
}

const DATA: Kind = { name: 'data folder', setting: 'TRADSY_DATA' };

/** The folder of the signed heads. */
export const AUDIT: Kind = { name: 'audit folder', setting: 'TRADSY_AUDIT' };

/**
 * Makes a folder that the product keeps its data in, where it is missing, and answers its real path.
 * @throws StartupError when it can not be made, read or written.
 */
export function ensureDataFolder(folder: string, { name, setting }: Kind = DATA): string {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new StartupError(
      `The ${name} ${folder} can not be used: ${reasons[code] ?? code}. Set ${setting} to a folder of your own.`,
    );
  }
}
