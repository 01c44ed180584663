import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LIMIT_TABLES } from '../domain/risk-policy/limit-tables.ts';
import { limitsFor } from '../domain/risk-policy/limits.ts';
import type { LimitTable } from '../domain/risk-policy/limits.ts';
import { readConfig } from './config.ts';
import { StartupError } from './startup-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [BUILT_IN] = LIMIT_TABLES as readonly [LimitTable];
/** The limits that come with the settings, where they name a file with this content. */
function limitsOf(content: unknown): readonly LimitTable[] {
  writeFileSync(join(folder, 'limits.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return readConfig({ TRADSY_LIMITS: 'limits.json' }, folder).limitTables;
}
const withBalanced = (limits: object) => [
  { ...BUILT_IN, tolerance: { ...BUILT_IN.tolerance, balanced: { ...BUILT_IN.tolerance.balanced, ...limits } } },
];

describe('tables of limits in a file', () => {
  it('take the place of those that come with the product', () => {
    expect(readConfig({}, folder).limitTables).toBe(LIMIT_TABLES);
    expect(limitsOf(LIMIT_TABLES)).toEqual(LIMIT_TABLES);
    const later = { ...BUILT_IN, effectiveFrom: '2026-07-01', experience: { new: {}, some: {}, experienced: {} } };
    const tables = limitsOf([BUILT_IN, later]);
    const profile = { tolerance: 'bold', experience: 'new', plan: 'elite' } as const;
    expect(limitsFor(profile, '2026-06-30', tables).largestOrderValue).toBe('50000');
    expect(limitsFor(profile, '2026-07-01', tables).largestOrderValue).toBe('100000');
  });

  it('say in so many words what has no limit', () => {
    const [table] = limitsOf(withBalanced({ mostOrdersInTenSeconds: null, largestExposure: null }));
    expect(table?.tolerance.balanced).toMatchObject({ mostOrdersInTenSeconds: null, largestExposure: null });
  });

  it.each<[string, unknown, RegExp]>([
    ['that is not JSON', '{', /is not JSON/],
    ['without a table', [], /must have at least one table/],
    ['that is no list', {}, /the file .*array/],
    ['with a table of no day', [{ ...BUILT_IN, effectiveFrom: 'soon' }], /0\.effectiveFrom/],
    ['with two tables of one day', [BUILT_IN, BUILT_IN], /in the order of their days/],
    ['with a limit that is forgotten', withBalanced({ dailyLoss: undefined }), /0\.tolerance\.balanced\.dailyLoss/],
    ['with a limit that is misspelt', withBalanced({ dayliLoss: '1' }), /0\.tolerance\.balanced .*dayliLoss/],
    ['with a number for a decimal', withBalanced({ dailyLoss: 2500 }), /0\.tolerance\.balanced\.dailyLoss/],
    ['with a negative limit', withBalanced({ dailyLoss: '-1' }), /dailyLoss must be a decimal number as text/],
    ['with half an order', withBalanced({ mostOpenOrders: 1.5 }), /mostOpenOrders/],
    ['that looks back too far', withBalanced({ duplicateWithinSeconds: 61 }), /duplicateWithinSeconds/],
    ['with a plan that is none', [{ ...BUILT_IN, plan: { ...BUILT_IN.plan, vip: {} } }], /0\.plan .*vip/],
  ])('%s end the start, in words', (_what, content, words) => {
    expect(() => limitsOf(content)).toThrow(StartupError);
    expect(() => limitsOf(content)).toThrow(words);
    expect(() => limitsOf(content)).toThrow(/TRADSY_LIMITS \(.*limits\.json\)/);
  });

  it('must be there', () => {
    expect(() => readConfig({ TRADSY_LIMITS: 'nowhere.json' }, folder)).toThrow(/TRADSY_LIMITS .*ENOENT/);
    expect(readConfig({ TRADSY_LIMITS: '' }, folder).limitTables).toBe(LIMIT_TABLES);
  });
});
