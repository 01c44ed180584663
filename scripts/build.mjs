import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { foreground, mustPass, say, seconds } from './foreground.mjs';
import { withLock } from './lock.mjs';
import { inputHash, targets } from './targets.mjs';

const stampFile = 'dist/.stamp';

const readStamp = () => (existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {});

const isStale = (name, hash) => readStamp()[name] !== hash || !targets[name].outputs.every((file) => existsSync(file));

async function build(name, hash) {
  const since = performance.now();
  say(`Building ${name} ...`);
  // In a process of its own: the tools are large, and what they print must not reach stdout.
  const exitCode = await foreground(process.execPath, ['scripts/bundle.mjs', name], { stdio: ['ignore', 2, 2] });
  mustPass(exitCode, `Building ${name} failed.`);
  writeFileSync(`${stampFile}.new`, JSON.stringify({ ...readStamp(), [name]: hash }));
  renameSync(`${stampFile}.new`, stampFile);
  say(`Built ${name} in ${seconds(since)}.`);
}

/** Builds those of the named targets whose inputs have changed since they were built. */
export async function ensureBuilt(names) {
  // Read before the build, so that what is changed during it makes the target stale again.
  const stale = names.map((name) => [name, inputHash(targets[name])]).filter(([name, hash]) => isStale(name, hash));
  if (stale.length === 0) return;
  const onWait = () => say('Waiting for another process that builds ...');
  await withLock('.build/build.lock', onWait, async () => {
    for (const [name, hash] of stale) if (isStale(name, hash)) await build(name, hash);
  });
}
