/** A position at the market's prices. */
import type { BrokerPosition } from '../../../contracts/broker-api.ts';
import { absolute, minus, money, price, quantity, toText, value } from '../../domain/kernel/decimal.ts';
import type { Money } from '../../domain/kernel/decimal.ts';
import type { OpenPosition } from './read-side.ts';

export interface BidAsk {
  readonly bid: string;
  readonly ask: string;
}

/** What closing the position now would realize: a long one sells at the bid, a short one buys at the ask. Dollars. */
export function unrealizedProfit(position: OpenPosition, quote: BidAsk): Money {
  const held = quantity(position.quantity);
  return minus(value(price(held > 0n ? quote.bid : quote.ask), held), money(position.costBasis));
}

/** The position in TradingView's shape. Without a quote it stands at what it cost. */
export function toBrokerPosition(position: OpenPosition, quote: BidAsk | null): BrokerPosition {
  const held = quantity(position.quantity);
  return {
    id: position.symbol,
    instrument: position.symbol,
    qty: Number(toText(absolute(held))),
    side: held < 0n ? 'sell' : 'buy',
    avgPrice: Number(position.averagePrice),
    unrealizedPl: quote === null ? 0 : Number(toText(unrealizedProfit(position, quote))),
    mismatch: position.mismatch,
  };
}
