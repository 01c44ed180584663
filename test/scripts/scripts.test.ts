import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-scripts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program over one of the scripts, which are plain JavaScript and have no types. */
const over = (script: string, names: string, program: string) => [
  '--input-type=module',
  '-e',
  `import { ${names} } from '${pathToFileURL(resolve('scripts', script)).href}';\n${program}`,
];

describe('the line that closes a CI run', () => {
  const testFile = (status: string, assertions: number) => ({ status, assertionResults: Array(assertions).fill({}) });

  function count(report: object | undefined, exitCode: number) {
    const file = join(folder, 'report.json');
    writeFileSync(file, report === undefined ? '' : JSON.stringify(report));
    const { stdout, status } = spawnSync(process.execPath, ['scripts/test-count.mjs', file, String(exitCode)]);
    return { line: stdout.toString(), status };
  }

  it('counts the tests of a green run', () => {
    const report = { numPassedTests: 12, numFailedTests: 0, testResults: [testFile('passed', 12)] };
    expect(count(report, 0)).toEqual({ line: '12 passed, 0 failed\n', status: 0 });
  });

  it('counts failed tests, and a file that could not be loaded as one', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 2,
      testResults: [testFile('failed', 5), testFile('failed', 0)],
    };
    expect(count(report, 1)).toEqual({ line: '3 passed, 3 failed\n', status: 1 });
  });

  it('is never green when the check failed before or after the tests', () => {
    expect(count(undefined, 1)).toEqual({ line: '0 passed, 1 failed\n', status: 1 });
    const report = { numPassedTests: 4, numFailedTests: 0, testResults: [testFile('passed', 4)] };
    expect(count(report, 1)).toEqual({ line: '4 passed, 1 failed\n', status: 1 });
  });
});

describe('the version of Node', () => {
  it.each([
    ['20.19.0', true],
    ['20.20.2', true],
    ['20.18.3', false],
    ['21.7.0', false],
    ['22.11.9', false],
    ['22.12.0', true],
    ['24.0.0', true],
    ['18.20.4', false],
  ])('%s will do: %s', (version, isEnough) => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    const program = `console.log(unsupportedNode('${version}', '${engines.node}') ?? 'fine')`;
    const { stdout } = spawnSync(process.execPath, over('node-version.mjs', 'unsupportedNode', program));
    const complaint = `Tradsy needs Node ${engines.node}; this is Node ${version}.`;
    expect(stdout.toString().trim()).toBe(isEnough ? 'fine' : complaint);
  });
});

describe('the lock of installs and builds', () => {
  it('is held by one process at a time, and taken from one that was killed', async () => {
    const lock = join(folder, 'lock');
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');

    const holds = `await withLock('${lock}', () => undefined, () => new Promise(() => { console.log('held'); setInterval(() => undefined, 1e6); }))`;
    const killed = spawn(process.execPath, over('lock.mjs', 'withLock', holds), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(killed.stdout, 'data');

    const reads = `import('node:fs').then(({ readFileSync, writeFileSync }) => withLock('${lock}', () => console.log('waits'), async () => {
      const n = Number(readFileSync('${counter}', 'utf8'));
      await new Promise((done) => setTimeout(done, 20));
      writeFileSync('${counter}', String(n + 1));
    }))`;
    const others = [1, 2, 3, 4].map(() =>
      spawn(process.execPath, over('lock.mjs', 'withLock', reads), { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    const ends = others.map((other) => once(other, 'exit'));
    await Promise.all(others.map((other) => once(other.stdout, 'data')));
    expect(readFileSync(counter, 'utf8')).toBe('0');

    killed.kill('SIGKILL');
    await Promise.all(ends);
    expect(readFileSync(counter, 'utf8')).toBe('4');
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('the programs for emergencies', () => {
  const SAYS = "process.stdout.write(process.argv.slice(2).join(' '));\n";

  /** A checkout whose packages and whose build are those of another day: whatever looks finds both stale. */
  function checkout(has: { readonly packages: boolean; readonly program: string | null }): string {
    const root = mkdtempSync(join(folder, 'checkout-'));
    cpSync('scripts', join(root, 'scripts'), { recursive: true });
    cpSync('package.json', join(root, 'package.json'));
    for (const file of ['package-lock.json', 'tsconfig.base.json']) writeFileSync(join(root, file), '{"packages":{}}');
    mkdirSync(join(root, 'dist/server'), { recursive: true });
    if (has.packages) mkdirSync(join(root, 'node_modules'));
    if (has.program !== null) writeFileSync(join(root, `dist/server/${has.program}.js`), SAYS);
    const builds = `import { writeFileSync } from 'node:fs';\nwriteFileSync('dist/server/kill.js', ${JSON.stringify(SAYS)});\n`;
    writeFileSync(join(root, 'scripts/bundle.mjs'), builds);
    const installs =
      "import { mkdirSync } from 'node:fs';\nfor (const name of ['node_modules', 'installed']) mkdirSync(name);\n";
    writeFileSync(join(root, 'npm-cli.js'), installs);
    return root;
  }

  function run(root: string, ...args: string[]) {
    const env = { ...process.env, npm_execpath: join(root, 'npm-cli.js') };
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), ...args], { env });
    const [said, complaint] = [stdout.toString(), stderr.toString()];
    return { said, built: complaint.includes('Built server'), installed: existsSync(join(root, 'installed')) };
  }

  it.each(['kill', 'operators'])('%s runs as it stands there, and waits for no packages and no build', (program) => {
    const root = checkout({ packages: true, program });
    expect(run(root, program, 'everything')).toEqual({ said: 'everything', built: false, installed: false });
  });

  it('are built where they are missing, with the packages that are there', () => {
    const root = checkout({ packages: true, program: null });
    expect(run(root, 'kill', 'list')).toEqual({ said: 'list', built: true, installed: false });
  });

  it('get their packages where there are none', () => {
    const root = checkout({ packages: false, program: 'kill' });
    expect(run(root, 'kill', 'list')).toEqual({ said: 'list', built: false, installed: true });
  });
});
