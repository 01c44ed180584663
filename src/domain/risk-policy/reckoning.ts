/** What an order is reckoned to be worth before it is executed. */
import { larger, percentOf, price } from '../kernel/decimal.ts';
import type { Price } from '../kernel/decimal.ts';
import type { OrderTicket } from '../order/events.ts';
import type { AssessmentInputs } from './assessment.ts';

type Quote = AssessmentInputs['quote'];
type Priced = Pick<OrderTicket, 'side' | 'limitPrice' | 'stopPrice'>;

/** The price at which the market would trade the order now: the ask for a buy, the bid for a sell. */
export const marketPrice = ({ side }: Pick<OrderTicket, 'side'>, quote: Quote): Price | null =>
  quote === null ? null : price(side === 'buy' ? quote.ask : quote.bid);

/**
 * The price that the order's value is reckoned at: its limit, its stop, or the market's. A sale with a lower limit still
 * trades at the market's.
 */
export function reckonedPrice(ticket: Priced, quote: Quote): Price | null {
  const own = ticket.limitPrice ?? ticket.stopPrice;
  const market = marketPrice(ticket, quote);
  if (own === null || market === null) return own === null ? market : price(own);
  return ticket.side === 'sell' ? larger(price(own), market) : price(own);
}

/** Of the ask: what a broker holds at least for a share that is sold short (Alpaca). */
const SHORT_MARGIN_PERCENT = '103';

/** What a share of an order that opens a position takes of the buying power. */
export function reckonedCost(ticket: Priced, quote: Quote): Price | null {
  const each = reckonedPrice(ticket, quote);
  if (each === null || quote === null || ticket.side === 'buy') return each;
  return larger(each, percentOf(SHORT_MARGIN_PERCENT, price(quote.ask)));
}
