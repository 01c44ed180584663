import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The programs of the project: what is bundled, and where to. */
export const bundles = [
  { entry: 'src/bootstrap/main.ts', out: 'dist/server/main.js' },
  { entry: 'src/bootstrap/demo.ts', out: 'dist/server/demo.js' },
  { entry: 'src/bootstrap/events-copy.ts', out: 'dist/server/events-copy.js' },
  { entry: 'src/bootstrap/audit-export.ts', out: 'dist/server/audit-export.js' },
  { entry: 'src/bootstrap/audit-verify.ts', out: 'dist/server/audit-verify.js' },
  { entry: 'src/bootstrap/kill.ts', out: 'dist/server/kill.js' },
  { entry: 'src/bootstrap/operators.ts', out: 'dist/server/operators.js' },
  { entry: 'src/bootstrap/projections-rebuild.ts', out: 'dist/server/projections-rebuild.js' },
  { entry: 'src/bootstrap/projections-verify.ts', out: 'dist/server/projections-verify.js' },
  { entry: 'sandbox/main.ts', out: 'dist/sandbox/main.js' },
  { entry: 'bench/main.ts', out: 'dist/bench/main.js' },
  { entry: 'test/proofs/main.ts', out: 'dist/proofs/main.js' },
  { entry: 'test/proofs/projector.ts', out: 'dist/proofs/projector.js' },
  { entry: 'test/proofs/sends/load.ts', out: 'dist/proofs/load.js' },
  { entry: 'test/chaos/main.ts', out: 'dist/chaos/main.js' },
  { entry: 'test/chaos/app/main.ts', out: 'dist/chaos/app.js' },
  { entry: 'test/simulation/main.ts', out: 'dist/simulation/main.js' },
];

/** Files that a program reads at run time, beside its bundle. */
export const copies = [{ from: 'src/adapters/postgres/migrations', to: 'dist/server/migrations' }];

/** What is built in one go. A target is stale when one of its inputs has changed or an output is missing. */
export const targets = {
  server: {
    inputs: [
      'src',
      'contracts',
      'sandbox',
      'bench',
      'test/proofs',
      'test/chaos',
      'test/simulation',
      'test/adapters',
      'test/support',
    ],
    outputs: bundles.map((bundle) => bundle.out),
  },
  web: {
    inputs: ['web', 'contracts'],
    outputs: ['dist/web/index.html'],
  },
};

const everyTarget = ['scripts/bundle.mjs', 'scripts/targets.mjs', 'package-lock.json', 'tsconfig.base.json'];

function* filesUnder(path) {
  if (!existsSync(path)) return;
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) {
      yield* filesUnder(child);
    } else if (!/\.(test|suite)\.tsx?$/.test(entry.name)) {
      yield child;
    }
  }
}

/** A hash over the names and contents of everything a target is made from. */
export function inputHash(target) {
  const hash = createHash('sha256');
  for (const file of [...everyTarget, ...target.inputs.flatMap((folder) => [...filesUnder(folder)])]) {
    const content = readFileSync(file);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
