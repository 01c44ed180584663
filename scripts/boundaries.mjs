/**
 * The boundary rules, proven: `node scripts/boundaries.mjs [--json]`.
 *
 * First the violations of test/planted/ are written into a small tree under the project's own settings, and every one
 * must be caught by the tool and rule that it names; then the real tree must have none. A rule for which nothing is
 * planted counts as a fault too: nobody would notice when it stops to work.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { impurities, pureRules } from '../test/boundaries/pure-code.mjs';
import { permitted, violations } from '../test/planted/violations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const projects = ['contracts', 'src/domain', 'src/application', 'src/adapters', 'src/bootstrap', 'sandbox', 'web'];
const settings = [
  'package.json',
  'tsconfig.base.json',
  'tsconfig.test.json',
  '.oxlintrc.json',
  '.dependency-cruiser.cjs',
  ...projects.map((project) => `${project}/tsconfig.json`),
];
const pureFolders = ['src/domain', 'src/application'];
const treeFolders = ['src', 'contracts', 'sandbox', 'web/src', 'test', 'bench', 'e2e'];

/** Runs a tool of node_modules in a tree and answers its stdout, whatever its exit code: they exit 1 when they find. */
function output(tree, name, args) {
  return new Promise((done, fail) => {
    const bin = realpathSync(join(root, 'node_modules/.bin', name));
    const child = spawn(process.execPath, [bin, ...args], { cwd: tree, stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.once('error', fail);
    child.once('close', () => done(Buffer.concat(chunks).toString()));
  });
}

/** Every tool answers what it found in a tree: `{ by, rule, path, detail }`, paths relative to the tree. */
const tools = {
  async 'dependency-cruiser'(tree, folders) {
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
    const { summary } = JSON.parse(await output(tree, 'depcruise', args));
    if (summary.totalCruised === 0) throw new Error('dependency-cruiser saw no modules: it can not read TypeScript.');
    return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, path: from, detail: `imports ${to}` }));
  },
  async 'pure-code'(tree) {
    const files = pureFolders.flatMap((folder) =>
      readdirSync(join(tree, folder), { recursive: true })
        .filter((name) => name.endsWith('.ts') && !/\.(test|suite)\.ts$/.test(name))
        .map((name) => join(folder, name)),
    );
    return files.flatMap((path) =>
      impurities(path, readFileSync(join(tree, path), 'utf8')).map(({ rule, line }) => ({
        rule,
        path,
        detail: `line ${line}`,
      })),
    );
  },
  async compiler(tree) {
    const lines = (await output(tree, 'tsc', ['-b', '--pretty', 'false', ...projects])).split('\n');
    const errors = lines.map((line) => /^(.+?)\(\d+,\d+\): error (TS\d+): (.*)$/.exec(line)).filter(Boolean);
    return errors.map(([, path, rule, detail]) => ({ rule, path, detail }));
  },
  async oxlint(tree, folders) {
    const args = ['--type-aware', '--format', 'json', ...folders];
    const { diagnostics } = JSON.parse(await output(tree, 'oxlint', args));
    return diagnostics.map(({ code, filename, message }) => ({ rule: code, path: filename, detail: message }));
  },
};

async function findings(by, tree, folders) {
  const found = await tools[by](tree, folders);
  return found.map((finding) => ({ ...finding, by, path: relative(tree, resolve(tree, finding.path)) }));
}

/** A tree of settings, planted violations and permitted files alone. Not in the project: the linter skips its ignored folders. */
function plant(by) {
  const tree = realpathSync(mkdtempSync(join(tmpdir(), 'tradsy-planted-')));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const file of settings) cpSync(file, join(tree, file));
  const mine = violations.filter((violation) => violation.by === by);
  for (const { path, code } of [...mine, ...mine.flatMap(({ beside = [] }) => beside), ...permitted]) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    // wx: two that were planted under one name would hide each other.
    writeFileSync(join(tree, path), `${code}\n`, { flag: 'wx' });
  }
  return tree;
}

/** The rules that the settings themselves declare; each needs something planted. */
function declaredRules() {
  const cruiser = createRequire(import.meta.url)('../.dependency-cruiser.cjs').forbidden.map(({ name }) => name);
  const { rules } = JSON.parse(readFileSync('.oxlintrc.json', 'utf8'));
  const isOn = ([, setting]) => (Array.isArray(setting) ? setting[0] : setting) === 'error';
  const lint = Object.entries(rules)
    .filter(isOn)
    .map(([name]) => name);
  const code = (name) => (name.includes('/') ? name.replace(/^(.*)\/(.*)$/, '$1($2)') : `eslint(${name})`);
  return [
    ...cruiser.map((rule) => ({ by: 'dependency-cruiser', rule })),
    ...pureRules.map(({ name }) => ({ by: 'pure-code', rule: name })),
    ...lint.map((name) => ({ by: 'oxlint', rule: code(name) })),
  ];
}

/** Each tool has a tree of its own, so that what is planted for one can not help another to miss what it should catch. */
async function checkPlanted(by) {
  const tree = plant(by);
  try {
    const found = await findings(by, tree, ['src', 'contracts', 'sandbox', 'web', 'test']);
    const mine = violations.filter((violation) => violation.by === by);
    const isCaught = ({ rule, path }) => found.some((finding) => finding.rule === rule && finding.path === path);
    const allowed = new Set(permitted.map(({ path }) => path));
    return {
      planted: mine.map(({ rule, path }) => ({ by, rule, path, caught: isCaught({ rule, path }) })),
      objections: found.filter(({ path }) => allowed.has(path)),
    };
  } finally {
    rmSync(tree, { recursive: true });
  }
}

const unplanted = declaredRules().filter(
  ({ by, rule }) => !violations.some((violation) => violation.by === by && violation.rule === rule),
);
const results = await Promise.all(Object.keys(tools).map(checkPlanted));
const planted = results.flatMap((result) => result.planted);
const objections = results.flatMap((result) => result.objections);
// Types and lint of the real tree are steps of their own in `npm run check`.
const real = (
  await Promise.all(['dependency-cruiser', 'pure-code'].map((by) => findings(by, root, treeFolders)))
).flat();

const ok = unplanted.length + objections.length + real.length === 0 && planted.every(({ caught }) => caught);
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ ok, planted, unplanted, objections, real })}\n`);
} else {
  const say = (line) => process.stdout.write(`${line}\n`);
  for (const { by, rule, path, caught } of planted)
    say(`${caught ? 'caught ' : 'MISSED '} ${by}: ${rule}  <-  ${path}`);
  for (const { by, rule } of unplanted) say(`UNPROVEN ${by}: ${rule} has no planted violation`);
  for (const { by, rule, path, detail } of objections) say(`WRONG   ${by}: ${rule} objects to ${path} (${detail})`);
  for (const { by, rule, path, detail } of real) say(`BROKEN  ${by}: ${rule}  <-  ${path} (${detail})`);
  say(`${planted.length} planted violations, ${planted.filter(({ caught }) => caught).length} caught.`);
}
process.exitCode = ok ? 0 : 1;
