import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as absolute } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { StartFailure } from '../failure.ts';

/** A sandbox that is just ending, or was killed, is given so long to be gone. */
const PATIENCE = 3_000;
const LOOK_AGAIN = 50;

/**
 * Takes a data folder for this process alone; two sandboxes on one journal would undo each other's orders. A listening
 * socket stands for the lock, since the system closes it whatever ends the process. Gives what releases it.
 * @throws StartFailure when another sandbox keeps the folder
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(absolute(folder)).digest('hex').slice(0, 24);
  const path = join(tmpdir(), `tradsy-sandbox-${name}.sock`);
  const end = Date.now() + PATIENCE;
  for (;;) {
    const release = await listen(path);
    if (release !== null) return release;
    if (!(await answers(path))) rmSync(path, { force: true });
    else if (Date.now() > end) {
      throw new StartFailure(`SANDBOX_DATA: ${folder} is in use by another sandbox; stop it, or take another folder`);
    } else await wait(LOOK_AGAIN);
  }
}

function listen(path: string): Promise<(() => Promise<void>) | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((visitor) => visitor.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(new StartFailure(`SANDBOX_DATA: can not lock the folder at ${path} (${error.code})`));
    });
    server.listen(path, () => {
      server.unref();
      resolve(() => new Promise((closed) => server.close(() => closed())));
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const visit = createConnection(path);
    visit.once('connect', () => resolve(true)).once('error', () => resolve(false));
    visit.once('close', () => visit.destroy());
  });
}
