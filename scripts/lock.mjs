import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** When a process began, in the kernel's ticks; undefined where there is no /proc. A pid alone is used again. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

const nameOf = (pid) => `${pid}-${startOf(pid) ?? ''}`;

const me = nameOf(process.pid);

function isAlive(owner) {
  const [pid, start] = owner.split('-');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !start || start === startOf(pid);
}

/**
 * A lock is a folder with one file in it, named by its owner. Both ways to get it are one rename, which only one process
 * can win: a folder that already holds our name is moved to the lock's place (refused while that is not empty), or a
 * dead owner's file is renamed to ours (gone when somebody else was faster).
 */
function tryLock(folder) {
  const prepared = `${folder}.${me}`;
  mkdirSync(prepared, { recursive: true });
  writeFileSync(join(prepared, me), '');
  try {
    renameSync(prepared, folder);
    return true;
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    rmSync(prepared, { recursive: true });
  }
  try {
    const owner = readdirSync(folder)[0];
    if (owner === undefined || isAlive(owner)) return false;
    renameSync(join(folder, owner), join(folder, me));
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Gives the lock back; that it is somebody else's by now, after its heir died, is no fault. */
function unlock(folder, owner) {
  try {
    unlinkSync(join(folder, owner));
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
}

/**
 * Does the work while no other process holds the lock; `onWait` is called once when it has to wait for one.
 * The work is given `handTo(pid)`: from then on the lock lives as long as that process, also when ours is killed.
 */
export async function withLock(folder, onWait, work) {
  mkdirSync(dirname(folder), { recursive: true });
  for (let attempt = 0; !tryLock(folder); attempt += 1) {
    if (attempt === 0) onWait();
    await sleep(100);
  }
  let owner = me;
  const handTo = (pid) => {
    const heir = nameOf(pid);
    renameSync(join(folder, owner), join(folder, heir));
    owner = heir;
  };
  try {
    return await work(handTo);
  } finally {
    unlock(folder, owner);
  }
}
