/** A small filesystem of its own, in memory, that can be filled to the last byte and given space again. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { NotPossibleHere } from './proof.ts';

export interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
  remove(): void;
}

/** Needs the right to mount. Throws NotPossibleHere without it. */
export function smallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) {
    throw new NotPossibleHere(
      `mounting a small filesystem is refused (${mounted.stderr?.trim() ?? 'no mount program'})`,
    );
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const file = openSync(filler, 'a');
      for (const size of [1 << 20, 4096, 1]) appendUntilFull(file, Buffer.alloc(size));
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      const unmounted = spawnSync('umount', [folder], { encoding: 'utf8' });
      if (unmounted.status !== 0) throw new Error(`${folder} could not be unmounted: ${unmounted.stderr}`);
    },
  };
}

function appendUntilFull(file: number, chunk: Buffer): void {
  try {
    while (writeSync(file, chunk) === chunk.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
