import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRASH_POINTS } from '../../src/application/ports/crash-points.ts';
import type { CrashPoint } from '../../src/application/ports/crash-points.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startSandboxProgram } from '../support/running-product.ts';
import { crashAt } from './crash-run.ts';
import { violations } from './invariants.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-crash-'));
const BUGGY = 'dist/server/send-before-commit.js';
afterAll(() => removeDataFolder(folder));
beforeAll(async () => {
  await build({
    entryPoints: ['test/crash/send-before-commit.ts'],
    outfile: BUGGY,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
});

async function crash(point: CrashPoint, pass: number, program?: string) {
  const name = `${point}-${program === undefined ? 'real' : 'buggy'}`;
  const sandbox: RunningProgram = await startSandboxProgram(join(folder, `${name}-sandbox`));
  try {
    return await crashAt({
      sandboxUrl: sandbox.url,
      dataFolder: join(folder, name),
      point,
      pass,
      // What the bug leaves behind never settles.
      ...(program === undefined ? {} : { program, quietWithinMs: 3_000 }),
    });
  } finally {
    await sandbox.kill('SIGTERM');
  }
}

describe('killed on the order path', () => {
  it.each(CRASH_POINTS)('at %s, it loses no order and sends none twice', { timeout: 90_000 }, async (point) => {
    const { evidence } = await crash(point, 2);
    expect(violations(evidence)).toEqual([]);
    expect(evidence.acknowledged.length).toBeGreaterThanOrEqual(1);
    expect(evidence.ledger.length).toBeGreaterThanOrEqual(1);
  });

  it('with a planted bug, it sends an order that nobody intended, and is caught', { timeout: 90_000 }, async () => {
    const { evidence } = await crash('before-admission', 1, BUGGY);
    expect(violations(evidence).some((line) => line.startsWith('I2 orphan'))).toBe(true);
  });
});
