/** Building blocks of Alpaca's messages. Members that we do not use are ignored. */
import { z } from 'zod';

/** Alpaca: decimals are strings. Not longer than our own decimals can hold. */
export const decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,18})?$/, 'not a decimal');

/** An amount that was executed, or that remains of one: nothing is bought or sold by less than nothing. */
export const amount = decimal.refine((text) => !text.startsWith('-'), 'less than nothing');

/**
 * Alpaca: times are RFC 3339 with up to nine decimals, in UTC or with New York's offset. One of the first century is no
 * time: it is how Go writes that there is none.
 */
export const time = z.iso.datetime({ offset: true }).regex(/^(19[7-9]|2)\d/, 'not a time');

/** Absent, null, or a value: null when there is none. */
export const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null);

/** A time, or null where there is none, in whatever way that is said. */
export const maybeTime = z.preprocess(
  (value) => (typeof value === 'string' && value.startsWith('0001-01-01') ? null : value),
  maybe(time),
);

/**
 * Alpaca: prices of market data are JSON numbers; the shortest text that gives the same number is what was sent. No price
 * is below a ten-thousandth of a cent.
 */
export const price = z
  .number()
  .min(0)
  .max(1e12)
  .transform((value) => (value < 1e-6 ? '0' : String(value)));

/** What is wrong with a message, in one line. */
export const problemOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ');
