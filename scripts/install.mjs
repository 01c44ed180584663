import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { foreground, mustPass, say, seconds } from './foreground.mjs';
import { withLock } from './lock.mjs';

const stamp = 'node_modules/.tradsy-installed';

/** The name of what must be installed: this lock file, on this kind of machine. */
const wanted = () =>
  `${createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')} ${process.platform}-${process.arch}`;

const stamped = (name) => existsSync(stamp) && readFileSync(stamp, 'utf8') === name;

/**
 * Did somebody run `npm ci` by hand? npm lists what it has put into node_modules in a lock file of its own; that must
 * hold every package of ours, except the ones that npm may leave out, and no other version.
 */
function installedByHand() {
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  if (!existsSync('node_modules/.package-lock.json')) return false;
  const installed = packagesOf('node_modules/.package-lock.json');
  const locked = packagesOf('package-lock.json');
  const rightVersion = (path) => installed[path].integrity === locked[path]?.integrity;
  const present = (path) => path === '' || path in installed || locked[path].optional === true;
  return Object.keys(installed).every(rightVersion) && Object.keys(locked).every(present);
}

/** Makes node_modules hold what package-lock.json names; costs a hash of that file when it already does. */
export async function ensureInstalled() {
  const name = wanted();
  if (stamped(name)) return;
  const onWait = () => say('Waiting for another process that installs the packages ...');
  await withLock('.build/install.lock', onWait, async (handTo) => {
    if (stamped(name)) return;
    if (!installedByHand()) {
      const since = performance.now();
      say('Installing packages (npm ci) ...');
      mustPass(await npmCi(handTo), 'Installing the packages failed: npm says why above.');
      say(`Packages installed in ${seconds(since)}.`);
    }
    writeFileSync(stamp, name);
  });
}

function npmCi(onStart) {
  // The build needs the development packages also where NODE_ENV=production makes npm leave them out.
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev'];
  const options = { stdio: ['ignore', 2, 2], onStart };
  const npm = process.env.npm_execpath;
  return npm?.endsWith('npm-cli.js')
    ? foreground(process.execPath, [npm, ...args], options)
    : foreground('npm', args, options);
}
