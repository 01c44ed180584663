import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The user that Postgres runs as when we are root (Postgres refuses to be root itself). */
export type RunAs = { readonly uid: number; readonly gid: number };

/** Both ids of the user `nobody` on Linux. */
export const nobody: RunAs = { uid: 65_534, gid: 65_534 };

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Hands a file or folder to the user that Postgres runs as, when that is not ourselves. */
export function giveTo(runAs: RunAs | undefined, path: string): void {
  if (runAs) chownSync(path, runAs.uid, runAs.gid);
}

/**
 * Asks the system itself, as that user, because mode bits alone do not say it (access lists, mount options): may it
 * enter this folder, or run this program and read what lies beside it?
 */
function may(runAs: RunAs, test: string, path: string): boolean {
  const shell = spawnSync('/bin/sh', ['-c', test, 'sh', path], { ...runAs, cwd: '/', stdio: 'ignore' });
  return shell.status === 0;
}

function canAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

export function canEnter(runAs: RunAs | undefined, folder: string): boolean {
  return runAs ? may(runAs, 'cd "$1"', folder) : canAccess(folder, constants.X_OK);
}

export function canRun(runAs: RunAs | undefined, program: string): boolean {
  return runAs
    ? may(runAs, '[ -r "$1" ] && [ -x "$1" ]', program)
    : canAccess(program, constants.R_OK | constants.X_OK);
}

/**
 * Lets the group of that user, and nobody else, pass through a folder of ours to what lies in it. A folder that already
 * grants its group something stays as it is: that is somebody's arrangement.
 */
export function letPass(runAs: RunAs, folder: string): void {
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o070) !== 0) return;
  chownSync(folder, uid, runAs.gid);
  chmodSync(folder, (mode & 0o7777) | 0o010);
}

/**
 * The first `<parent>/tradsy` that is ours alone to write: made where missing, passed over where it can not be made or
 * belongs to somebody else, who could otherwise put programs and data there for us.
 */
export function ownFolder(parents: readonly string[]): string | undefined {
  for (const parent of parents) {
    const folder = join(parent, 'tradsy');
    try {
      if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
      const found = lstatSync(folder);
      if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return folder;
    } catch {
      continue;
    }
  }
  return undefined;
}
