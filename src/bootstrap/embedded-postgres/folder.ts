import { existsSync, lstatSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureDataFolder } from '../data-folder.ts';
import { writeDurably } from './durable-file.ts';
import { canEnter, isRoot, letPass, nobody, ownFolder } from './run-as.ts';
import type { RunAs } from './run-as.ts';
import { StartupError } from '../startup-error.ts';

/** Where a cluster lies, and who Postgres runs as there (undefined: ourselves). */
export type ClusterPlace = { readonly home: string; readonly runAs: RunAs | undefined };

/** The cluster itself, in its home. */
export const clusterFolder = (home: string): string => join(home, 'cluster');

/** What the data folder keeps for Postgres: the cluster, or only the name of the place where that had to lie. */
const postgresFolder = (dataDir: string): string => join(dataDir, 'postgres');
const locationFile = (dataDir: string): string => join(postgresFolder(dataDir), 'location');

/** A cluster belongs to the user it was made for: root runs it as that user, anybody else must be that user. */
function ownerOf(home: string, dataDir: string): RunAs | undefined {
  const cluster = clusterFolder(home);
  if (!existsSync(cluster)) return isRoot() ? nobody : undefined;
  const { uid, gid } = lstatSync(cluster);
  if (isRoot()) return { uid, gid };
  if (uid === process.getuid?.()) return undefined;
  throw new StartupError(
    `The database in ${dataDir} belongs to the user with id ${uid}: start as that user, or set TRADSY_DATA to another folder.`,
  );
}

/** Makes a home outside the data folder that this user can reach, and records it in the data folder. */
function makeHomeElsewhere(dataDir: string, runAs: RunAs): string {
  // Not below a temporary folder unless nothing else is left: systems empty those after some weeks.
  const folder = ownFolder(['/var/lib', '/var/tmp', tmpdir()]);
  const home = folder && mkdtempSync(join(folder, 'postgres-'));
  if (home) letPass(runAs, home);
  if (!home || !canEnter(runAs, home)) {
    throw new StartupError(
      `Postgres runs as "nobody", who can enter neither ${dataDir} nor /var/lib: set TRADSY_DATA to a folder outside of ${dirname(dataDir)}.`,
    );
  }
  writeDurably(locationFile(dataDir), `${home}\n`);
  return home;
}

/** Where the data folder says that the cluster lies, if it says so. */
function recordedHome(dataDir: string): string | undefined {
  const file = locationFile(dataDir);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** A place that was recorded and is gone must not be taken for an empty database. */
function assertStillThere(home: string, dataDir: string): void {
  if (existsSync(home)) return;
  throw new StartupError(
    `The database of ${dataDir} was kept in ${home}, which is gone: restore it, or remove ${locationFile(dataDir)} to begin with an empty database.`,
  );
}

/** The folders from a temporary folder of the system down to this one, outermost first; none if it is not below one. */
function foldersBelowTemporary(folder: string): string[] {
  const parent = dirname(folder);
  if (['/tmp', '/var/tmp', realpathSync(tmpdir())].includes(parent)) return [folder];
  const above = parent === folder ? [] : foldersBelowTemporary(parent);
  return above.length === 0 ? [] : [...above, folder];
}

/**
 * Decides where the cluster of a data folder lies, and prepares that place.
 *
 * It lies in the data folder, if only the user that Postgres runs as can enter that. Root runs Postgres as `nobody`;
 * when that user is kept out by the data folder itself, or by a private folder of ours below a temporary one, its group is
 * let through; when it is kept out by another folder above (/root, say), which is not for us to open, the cluster lies
 * below /var/lib and the data folder names it.
 * @throws StartupError when the folder can not be used.
 */
export function openClusterPlace(requested: string, onProgress: (line: string) => void): ClusterPlace {
  const dataDir = ensureDataFolder(requested);
  const inside = ensureDataFolder(postgresFolder(dataDir));
  const recorded = recordedHome(dataDir);
  if (recorded !== undefined) assertStillThere(recorded, dataDir);
  const runAs = ownerOf(recorded ?? inside, dataDir);
  if (recorded !== undefined) onProgress(`The database of ${dataDir} is kept in ${recorded}.`);
  if (runAs === undefined || recorded !== undefined) return { home: recorded ?? inside, runAs };

  for (const folder of [...foldersBelowTemporary(dirname(dataDir)), dataDir, inside]) {
    if (!canEnter(runAs, folder) && canEnter(runAs, dirname(folder))) letPass(runAs, folder);
  }
  if (canEnter(runAs, inside)) return { home: inside, runAs };
  if (existsSync(clusterFolder(inside))) {
    throw new StartupError(
      `The database in ${dataDir} runs as the user with id ${runAs.uid}, who can no longer enter that folder: move it back, or open the folders above it (chmod o+x).`,
    );
  }
  const home = makeHomeElsewhere(dataDir, runAs);
  onProgress(`Postgres runs as "nobody", who may not enter ${dataDir}: the database is kept in ${home}.`);
  return { home, runAs };
}

/** Removes a data folder whose server is stopped, and its cluster wherever that lies. */
export async function removeDataFolder(dataDir: string): Promise<void> {
  const home = recordedHome(dataDir);
  if (home !== undefined) await rm(home, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
}
