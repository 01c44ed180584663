/** Limits in words. */
import type { LimitsTightened } from '../../domain/risk-policy/events.ts';
import { count, dollars, shares } from './figures.ts';

type Own = LimitsTightened['data']['limits'];

const WORDS: { readonly [Name in keyof Own]-?: (value: NonNullable<Own[Name]>) => string } = {
  largestOrderValue: (most) => `at most ${dollars(most)} an order`,
  largestOrderQuantity: (most) => `at most ${shares(most)} an order`,
  largestPositionValue: (most) => `at most ${dollars(most)} a position`,
  largestExposure: (most) => `at most ${dollars(most)} in all`,
  mostOpenOrders: (most) => `at most ${count(`${most}`)} open orders`,
  dailyLoss: (most) => `at most ${dollars(most)} lost in a day`,
  mostOrdersInTenSeconds: (most) => `at most ${count(`${most}`)} orders in ten seconds`,
  shortSelling: () => 'no short sales',
  protectionRequired: () => 'no position without its exits',
};

/** What a trader has tightened: `at most $1,000.00 an order, no short sales`. */
export const tightened = (limits: Own): string =>
  (Object.keys(WORDS) as (keyof Own)[])
    .filter((name) => limits[name] !== null)
    .map((name) => (WORDS[name] as (value: unknown) => string)(limits[name]))
    .join(', ');
