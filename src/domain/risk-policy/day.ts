/** What was traded on the exchange's day, for the day's result. */
import type { Side } from '../kernel/lots.ts';
import { minus, NO_MONEY, NO_QUANTITY, plus, value } from '../kernel/decimal.ts';
import type { Money, Price, Quantity } from '../kernel/decimal.ts';
import { added } from '../kernel/maps.ts';

/** What was traded of a symbol on a day: what was held when it began is what is held now less `bought`. */
export interface Traded {
  /** Bought less sold. */
  readonly bought: Quantity;
  /** What was received for it less what was paid. */
  readonly received: Money;
}

/** The trades of the latest trading day that had any. */
export interface DayTrades {
  readonly tradingDay: string;
  readonly bySymbol: ReadonlyMap<string, Traded>;
}

export const NO_TRADES: DayTrades = { tradingDay: '', bySymbol: new Map() };

export interface DayTrade {
  readonly tradingDay: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
}

/** With one more execution. One of an earlier day that is learnt late changes what was held when the day began, no more. */
export function withTrade(day: DayTrades, trade: DayTrade): DayTrades {
  if (trade.tradingDay < day.tradingDay) return day;
  const before = trade.tradingDay === day.tradingDay ? day.bySymbol : NO_TRADES.bySymbol;
  const { bought, received } = before.get(trade.symbol) ?? { bought: NO_QUANTITY, received: NO_MONEY };
  const paid = value(trade.price, trade.quantity);
  const traded =
    trade.side === 'buy'
      ? { bought: plus(bought, trade.quantity), received: minus(received, paid) }
      : { bought: minus(bought, trade.quantity), received: plus(received, paid) };
  return { tradingDay: trade.tradingDay, bySymbol: added(before, trade.symbol, traded) };
}

/** The trades that count as those of a day: none, once a later day has begun. */
export const tradesOn = (day: DayTrades, tradingDay: string): DayTrades['bySymbol'] =>
  day.tradingDay < tradingDay ? NO_TRADES.bySymbol : day.bySymbol;
