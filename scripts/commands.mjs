import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { mustPass, tool } from './foreground.mjs';
import { ensureInstalled } from './install.mjs';

/** Where vitest leaves its report as JSON; `.ci/run` counts from it. */
const testReport = process.env.TRADSY_TEST_REPORT ?? '.build/test-report.json';

/**
 * Runs a program of the project in this very process, as if node had been started with it: a signal or a kill that is
 * meant for the program can then not miss it, and its exit code is ours.
 */
async function runHere(file, args) {
  process.argv = [process.execPath, resolve(file), ...args];
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(resolve(file)).href);
}

function program(file, targets) {
  return async (args) => {
    await ensureInstalled();
    await ensureBuilt(targets);
    await runHere(file, args);
  };
}

/**
 * One that may not be kept waiting: it runs as it was built last, which is what the product runs too, over the packages
 * that are there. Only what is missing altogether is installed or built first.
 */
function emergency(file, targets) {
  return async (args) => {
    if (!existsSync('node_modules')) await ensureInstalled();
    if (!existsSync(file)) await ensureBuilt(targets);
    await runHere(file, args);
  };
}

function development(name, defaults) {
  return async (args) => {
    await ensureInstalled();
    mustPass(await tool(name, [...defaults, ...args]));
  };
}

async function build() {
  await ensureInstalled();
  await ensureBuilt(['server', 'web']);
}

async function test(args) {
  await build();
  mkdirSync(dirname(testReport), { recursive: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${testReport}`];
  mustPass(await tool('vitest', ['run', ...reporters, ...args]));
}

async function check() {
  await ensureInstalled();
  const { checkAll } = await import('./check.mjs');
  await checkAll(commands);
}

async function boundaries(args) {
  await ensureInstalled();
  const { foreground } = await import('./foreground.mjs');
  mustPass(await foreground(process.execPath, ['scripts/boundaries.mjs', ...args]));
}

/** Every command of `node scripts/run.mjs`. */
export const commands = {
  start: program('dist/server/main.js', ['server', 'web']),
  demo: program('dist/server/demo.js', ['server', 'web']),
  sandbox: program('dist/sandbox/main.js', ['server']),
  kill: emergency('dist/server/kill.js', ['server']),
  operators: emergency('dist/server/operators.js', ['server']),
  'events:copy': program('dist/server/events-copy.js', ['server']),
  'audit:export': program('dist/server/audit-export.js', ['server']),
  'audit:verify': program('dist/server/audit-verify.js', ['server']),
  'projections:rebuild': program('dist/server/projections-rebuild.js', ['server']),
  'projections:verify': program('dist/server/projections-verify.js', ['server']),
  bench: program('dist/bench/main.js', ['server']),
  proofs: program('dist/proofs/main.js', ['server']),
  chaos: program('dist/chaos/main.js', ['server']),
  simulate: program('dist/simulation/main.js', ['server']),
  test,
  check,
  build,
  typecheck: development('tsc', ['-b']),
  lint: development('oxlint', ['--type-aware', '--deny-warnings']),
  boundaries,
  format: development('prettier', ['--write', '.']),
};
