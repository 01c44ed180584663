/** Risk limits that an operator has put into a file: dated tables, in place of those that come with the product. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { LimitTable } from '../domain/risk-policy/limits.ts';
import { StartupError } from './startup-error.ts';

const dollars = z.string().regex(/^\d{1,12}(\.\d{1,9})?$/, 'must be a decimal number as text, such as "2500"');
const percent = z.string().regex(/^\d{1,3}(\.\d{1,6})?$/, 'must be a percentage as text, such as "10"');
const count = z.int().min(1);
const seconds = z.number().min(0);

/** Null: without such a limit. All must be said, so that none is forgotten. */
const limits = z.strictObject({
  largestOrderValue: dollars,
  largestOrderQuantity: dollars,
  largestPositionValue: dollars,
  largestExposure: dollars.nullable(),
  mostOpenOrders: count.nullable(),
  dailyLoss: dollars,
  collarAggressivePercent: percent,
  collarPassivePercent: percent,
  collarStopPercent: percent,
  quoteAgeSeconds: seconds,
  duplicateWithinSeconds: seconds.max(60).nullable(),
  mostOrdersInTenSeconds: count.nullable(),
  mostOrdersInAMinute: count.nullable(),
  mostRepetitionsInAMinute: count.nullable(),
  shortSelling: z.boolean(),
  protectionRequired: z.boolean(),
  stopLossPercent: percent.nullable(),
  takeProfitPercent: percent.nullable(),
});
const stricter = limits.partial();

const table = z.strictObject({
  effectiveFrom: z.iso.date(),
  defaults: z.strictObject({
    tolerance: z.enum(['cautious', 'balanced', 'bold']),
    experience: z.enum(['new', 'some', 'experienced']),
  }),
  tolerance: z.strictObject({ cautious: limits, balanced: limits, bold: limits }),
  experience: z.strictObject({ new: stricter, some: stricter, experienced: stricter }),
  plan: z.strictObject({ free: stricter, basic: stricter, pro: stricter, elite: stricter }),
});

const tables = z
  .array(table)
  .min(1, 'must have at least one table')
  .refine(
    (all) =>
      all.every(({ effectiveFrom }, index) => index === 0 || (all[index - 1]?.effectiveFrom ?? '') < effectiveFrom),
    'must be in the order of their days, one table a day',
  );

/** Throws StartupError, naming everything that is wrong in the file. */
export function readLimitTables(file: string): readonly LimitTable[] {
  const wrong = (what: string): StartupError => new StartupError(`TRADSY_LIMITS (${file}): ${what}`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(error instanceof SyntaxError ? `is not JSON: ${error.message}` : String(error));
  }
  const read = tables.safeParse(content);
  if (!read.success) {
    throw wrong(read.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'} ${message}`).join('; '));
  }
  return read.data as readonly LimitTable[];
}
