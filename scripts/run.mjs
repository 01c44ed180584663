/**
 * The one way in: every npm script of the project is `node scripts/run.mjs <command> [arguments]`.
 *
 * A fresh clone needs nothing before it. The command's own output goes to stdout; everything said on the way there
 * (installing, building) goes to stderr, so that `npm run demo -- --json` leaves pure JSON on stdout.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unsupportedNode } from './node-version.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const complaint = unsupportedNode(process.versions.node, JSON.parse(readFileSync('package.json', 'utf8')).engines.node);
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}

const [command, ...args] = process.argv.slice(2);
const { commands } = await import('./commands.mjs');
if (!Object.hasOwn(commands, command ?? '')) {
  process.stderr.write(`Usage: node scripts/run.mjs <${Object.keys(commands).join('|')}> [arguments]\n`);
  process.exit(1);
}

const { Stopped } = await import('./foreground.mjs');
try {
  await commands[command](args);
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
  if (error.message !== '') process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
