import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

type Rule = { readonly by: string; readonly rule: string };
type Finding = Rule & { readonly path: string; readonly detail: string };
type Report = {
  readonly ok: boolean;
  readonly planted: readonly (Rule & { readonly path: string; readonly caught: boolean })[];
  readonly unplanted: readonly Rule[];
  readonly objections: readonly Finding[];
  readonly real: readonly Finding[];
};

function report(): Report {
  const run = spawnSync(process.execPath, ['scripts/boundaries.mjs', '--json'], { encoding: 'utf8' });
  if (run.stdout === '') throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Report;
}

describe('the boundary rules', () => {
  const { ok, planted, unplanted, objections, real } = report();

  it.each(planted)('$by: $rule catches $path', ({ caught }) => {
    expect(caught).toBe(true);
  });

  it('all have a planted violation', () => {
    expect(unplanted).toEqual([]);
  });

  it('object to nothing that is permitted', () => {
    expect(objections).toEqual([]);
  });

  it('are kept by the whole tree', () => {
    expect(real).toEqual([]);
    expect(ok).toBe(true);
  });
});
