/** Builds one target: `node scripts/bundle.mjs <server|web>`. What decides whether that is needed is build.mjs. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundles, copies } from './targets.mjs';

/** Shared code lies beside the server's programs, so that a path relative to it is the same from every program. */
const chunks = 'server/chunks';

async function buildServer() {
  const { build } = await import('esbuild');
  const programs = bundles.map(({ entry, out }) => ({ in: entry, out: relative('dist', out).replace(/\.js$/, '') }));
  const { metafile } = await build({
    entryPoints: programs,
    outdir: 'dist',
    chunkNames: `${chunks}-[hash]`,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  });
  removeOldChunks(new Set(Object.keys(metafile.outputs)));
  for (const { from, to } of copies) {
    rmSync(to, { recursive: true, force: true });
    if (existsSync(from)) cpSync(from, to, { recursive: true });
  }
}

function removeOldChunks(current) {
  for (const name of readdirSync('dist/server')) {
    const file = join('dist/server', name);
    if (name.startsWith('chunks-') && !current.has(file)) rmSync(file);
  }
}

async function buildWeb() {
  const { build } = await import('vite');
  await build({ root: 'web', configFile: 'web/vite.config.ts', logLevel: 'warn' });
}

const builders = {
  server: { needs: bundles.map((bundle) => bundle.entry), build: buildServer },
  web: { needs: ['web/index.html', 'web/vite.config.ts'], build: buildWeb },
};

const target = builders[process.argv[2]];
const missing = target.needs.filter((file) => !existsSync(file));
if (missing.length > 0) {
  process.stderr.write(`Missing: ${missing.join(', ')}\n`);
  process.exit(1);
}
mkdirSync('dist', { recursive: true });
try {
  await target.build();
} catch (error) {
  // esbuild and Vite print the faults they find in the sources themselves; the stack would only be theirs.
  if (error.errors === undefined) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
