/** What the account may lose in a day. */
import { absolute, money, toText } from '../../kernel/decimal.ts';
import { resultOfDay } from '../result.ts';
import { onlyOpening } from './check.ts';
import type { Rule } from './check.ts';

/**
 * Once the day's loss, realized or not, has reached the limit, positions can only be made smaller; likewise while it can
 * not be told, because nobody prices what is held.
 */
export const dailyLoss: Rule = onlyOpening(({ account, inputs: { tradingDay, marks, limits } }) => {
  const result = resultOfDay(account, tradingDay, marks);
  if (result !== null && result > -money(limits.dailyLoss)) return null;
  const actual = result === null ? null : toText(absolute(result));
  return { rule: 'daily_loss', limit: limits.dailyLoss, actual, unit: 'USD', detail: null };
});
