/** The orders that traders of the simulation wish for. */
import type { OrderTerms, OrderTicket } from '../../src/domain/order/events.ts';
import { dollarsText } from './amounts.ts';
import { SYMBOLS } from './market.ts';
import type { Random } from './random.ts';

export type Wish = Omit<OrderTicket, 'orderId' | 'accountId'>;

const KINDS = {
  market: 40,
  fraction: 6,
  limit: 30,
  stop: 6,
  stop_limit: 4,
  trailing_stop: 3,
  immediate: 4,
  bracket: 5,
  too_large: 2,
} as const;

export function wish(random: Random): Wish {
  const kind = random.weighed(KINDS);
  const side = random.chance(0.65) ? 'buy' : 'sell';
  const cents = 10_000 + random.between(-300, 300);
  const plain: Wish = {
    symbol: random.pick(SYMBOLS),
    side,
    type: 'market',
    quantity: `${random.between(1, 9)}`,
    limitPrice: null,
    stopPrice: null,
    timeInForce: 'day',
    trailPrice: null,
    extendedHours: false,
    takeProfit: null,
    stopLoss: null,
  };
  const limitPrice = dollarsText(cents);
  const stopPrice = dollarsText(side === 'buy' ? cents + 200 : cents - 200);
  switch (kind) {
    case 'market':
      return plain;
    case 'fraction':
      return { ...plain, quantity: `${random.between(1, 4)}.${random.between(1, 9)}` };
    case 'limit':
      return { ...plain, type: 'limit', limitPrice, timeInForce: random.pick(['day', 'gtc']) };
    case 'stop':
      return { ...plain, type: 'stop', stopPrice };
    case 'stop_limit':
      return {
        ...plain,
        type: 'stop_limit',
        stopPrice,
        limitPrice: dollarsText(side === 'buy' ? cents + 250 : cents - 250),
      };
    case 'trailing_stop':
      return { ...plain, type: 'trailing_stop', trailPrice: '2.5' };
    case 'immediate':
      return { ...plain, type: 'limit', limitPrice, timeInForce: random.pick(['ioc', 'fok']) };
    case 'bracket': {
      const [above, below] = [dollarsText(cents + 800), dollarsText(cents - 800)];
      const exits = side === 'buy' ? { takeProfit: above, stopLoss: below } : { takeProfit: below, stopLoss: above };
      return { ...plain, type: 'limit', limitPrice, timeInForce: 'gtc', ...exits };
    }
    case 'too_large':
      return { ...plain, quantity: '2000' };
  }
}

/** Other terms for a working order: fewer or more shares, or another price. */
export function otherTerms(random: Random, before: OrderTerms): Omit<OrderTerms, 'timeInForce'> {
  const moved = (price: string | null): string | null =>
    price === null ? null : dollarsText(Math.round(Number(price) * 100) + random.between(-50, 50));
  return {
    quantity: `${random.between(1, 9)}`,
    limitPrice: moved(before.limitPrice),
    stopPrice: moved(before.stopPrice),
  };
}
