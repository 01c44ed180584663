/** Whether the order's price is near the market's, and the market's known. */
import { absolute, minus, percentApart, percentOf, price } from '../../kernel/decimal.ts';
import type { Breach } from '../assessment.ts';
import { marketPrice } from '../reckoning.ts';
import type { Rule } from './check.ts';

export const priceCollar: Rule = ({ ticket, inputs: { quote, limits } }) => {
  const market = marketPrice(ticket, quote);
  if (market === null) return null;
  const outside = (own: string | null, below: string, above: string): Breach | null => {
    if (own === null) return null;
    const allowed = price(own) < market ? below : above;
    const room = percentOf(allowed, market);
    if (absolute(minus(price(own), market)) <= room) return null;
    const actual = percentApart(price(own), market);
    return { rule: 'price_collar', limit: allowed, actual, unit: 'percent', detail: null };
  };
  const { collarAggressivePercent: atOnce, collarPassivePercent: waiting, collarStopPercent: stop } = limits;
  const [below, above] = ticket.side === 'buy' ? [waiting, atOnce] : [atOnce, waiting];
  return outside(ticket.limitPrice, below, above) ?? outside(ticket.stopPrice, stop, stop);
};

/** While the market is closed the last quote is as good as there is. */
export const freshQuote: Rule = ({ inputs: { quote, marketTime, marketOpen, limits } }) => {
  const limit = `${limits.quoteAgeSeconds}`;
  const stale = (actual: string | null): Breach => ({
    rule: 'fresh_quote',
    limit,
    actual,
    unit: 'seconds',
    detail: null,
  });
  if (quote === null) return stale(null);
  const age = (Date.parse(marketTime) - Date.parse(quote.at)) / 1000;
  return !marketOpen || age <= limits.quoteAgeSeconds ? null : stale(age.toFixed(1));
};
