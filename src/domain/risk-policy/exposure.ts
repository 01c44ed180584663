/** What everything that is held, and everything on its way, can come to be worth. */
import { absolute, larger, minus, NO_MONEY, NO_QUANTITY, plus, value } from '../kernel/decimal.ts';
import type { Money, Price, Quantity } from '../kernel/decimal.ts';
import { find } from '../kernel/dictionary.ts';
import { netQuantity } from '../kernel/lots.ts';
import type { Side } from '../kernel/lots.ts';
import { holdingOf } from './state.ts';
import type { Reservation, RiskState } from './state.ts';

interface OnItsWay {
  readonly buys: Quantity;
  readonly sells: Quantity;
}
const NOTHING: OnItsWay = { buys: NO_QUANTITY, sells: NO_QUANTITY };

/**
 * All positions together, each as large as what is on its way can make it, and `another` order with them. What is not held
 * and has no price counts at what its orders were reckoned at. Null when a price is missing all the same.
 */
export function exposureOf(
  account: RiskState,
  prices: ReadonlyMap<string, Price>,
  another: Reservation | null = null,
): Money | null {
  const coming = new Map<string, OnItsWay>();
  const add = (symbol: string, side: Side, shares: Quantity): void => {
    const { buys, sells } = coming.get(symbol) ?? NOTHING;
    coming.set(symbol, side === 'buy' ? { buys: plus(buys, shares), sells } : { buys, sells: plus(sells, shares) });
  };
  const reckoned = new Map<string, Price>();
  for (const [orderId, { symbol, side, quantity }] of account.reservations) {
    add(symbol, side, quantity);
    const answer = find(account.answers, orderId);
    if (answer?.kind !== 'admitted' || answer.cost === null) continue;
    reckoned.set(symbol, larger(answer.cost, reckoned.get(symbol) ?? answer.cost));
  }
  if (another !== null) add(another.symbol, another.side, another.quantity);

  let total = NO_MONEY;
  for (const symbol of new Set([...account.holdings.keys(), ...coming.keys()])) {
    const held = netQuantity(holdingOf(account, symbol));
    const { buys, sells } = coming.get(symbol) ?? NOTHING;
    const shares = larger(absolute(held), larger(absolute(plus(held, buys)), absolute(minus(held, sells))));
    if (shares === 0n) continue;
    const each = prices.get(symbol) ?? (held === 0n ? reckoned.get(symbol) : undefined);
    if (each === undefined) return null;
    total = plus(total, value(each, shares));
  }
  return total;
}

/** Orders that may still be executed. */
export function openOrdersOf({ reservations }: RiskState): number {
  let open = 0;
  for (const { quantity } of reservations.values()) if (quantity > 0n) open += 1;
  return open;
}
