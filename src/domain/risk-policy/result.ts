/** What an account has gained or lost on the exchange's day, open positions included, since the close of the day before. */
import { minus, NO_MONEY, NO_QUANTITY, plus, price, value } from '../kernel/decimal.ts';
import type { Money } from '../kernel/decimal.ts';
import { netQuantity } from '../kernel/lots.ts';
import type { Mark } from './assessment.ts';
import { tradesOn } from './day.ts';
import { holdingOf } from './state.ts';
import type { RiskState } from './state.ts';

/** Every symbol whose price an assessment looks at besides the order's own: what the day depends on, and what is on its way. */
export const symbolsToMark = (state: RiskState, tradingDay: string): readonly string[] => [
  ...new Set([...symbolsOfDay(state, tradingDay), ...[...state.reservations.values()].map(({ symbol }) => symbol)]),
];

/** Every symbol whose price the result of a day depends on. */
function symbolsOfDay({ day, holdings }: RiskState, tradingDay: string): readonly string[] {
  const held = [...holdings].filter(([, lots]) => lots.length > 0).map(([symbol]) => symbol);
  return [...new Set([...held, ...tradesOn(day, tradingDay).keys()])];
}

/**
 * The result of a day so far: what the day's trades brought in, and what is held now at its mark, less what was held when
 * the day began at the close before. Null when a price is missing that it takes.
 */
export function resultOfDay(state: RiskState, tradingDay: string, marks: readonly Mark[]): Money | null {
  let result = NO_MONEY;
  for (const symbol of symbolsOfDay(state, tradingDay)) {
    const { bought, received } = tradesOn(state.day, tradingDay).get(symbol) ?? {
      bought: NO_QUANTITY,
      received: NO_MONEY,
    };
    const held = netQuantity(holdingOf(state, symbol));
    const heldBefore = minus(held, bought);
    result = plus(result, received);
    if (held === 0n && heldBefore === 0n) continue;
    const mark = marks.find((each) => each.symbol === symbol);
    if (mark === undefined) return null;
    result = plus(result, value(price(mark.price), held));
    result = minus(result, value(price(mark.previousClose ?? mark.price), heldBefore));
  }
  return result;
}
