/** The product's own limits for a run in which orders come faster than any trader's: sizes and prices stay, rates go. */
import { writeFileSync } from 'node:fs';
import { LIMIT_TABLES } from '../../src/domain/risk-policy/limit-tables.ts';
import type { LimitValues } from '../../src/domain/risk-policy/limits.ts';

const UNHURRIED = {
  mostOpenOrders: null,
  duplicateWithinSeconds: null,
  mostOrdersInTenSeconds: null,
  mostOrdersInAMinute: null,
  mostRepetitionsInAMinute: null,
} satisfies Partial<LimitValues>;

const mapped = <Key extends string, From, To>(
  values: Readonly<Record<Key, From>>,
  change: (value: From) => To,
): Record<Key, To> =>
  Object.fromEntries(Object.entries<From>(values).map(([key, value]) => [key, change(value)])) as Record<Key, To>;

/** Writes the tables for `TRADSY_LIMITS`, and gives the file's name back. `more`: what else is to be otherwise. */
export function writeUnhurriedLimits(file: string, more: Partial<LimitValues> = {}): string {
  const changes = { ...UNHURRIED, ...more };
  const without = (limits: Partial<LimitValues>): Partial<LimitValues> =>
    Object.fromEntries(Object.entries(limits).filter(([name]) => !(name in changes)));
  const tables = LIMIT_TABLES.map((table) => ({
    ...table,
    tolerance: mapped(table.tolerance, (limits) => ({ ...limits, ...changes })),
    experience: mapped(table.experience, without),
    plan: mapped(table.plan, without),
  }));
  writeFileSync(file, JSON.stringify(tables));
  return file;
}
