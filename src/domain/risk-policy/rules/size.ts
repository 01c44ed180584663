/** How large an order may be, and what it may make of a position and of the account. */
import {
  absolute,
  larger,
  minus,
  money,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  price,
  quantity,
  toText,
  value,
} from '../../kernel/decimal.ts';
import type { Money, Price, Quantity } from '../../kernel/decimal.ts';
import { netQuantity } from '../../kernel/lots.ts';
import { reckonedPrice } from '../reckoning.ts';
import { holdingOf, reservedQuantity } from '../state.ts';
import { onlyOpening } from './check.ts';
import type { Check, Rule } from './check.ts';

export const largestOrderValue: Rule = ({ ticket, inputs: { quote, limits } }) => {
  const each = reckonedPrice(ticket, quote);
  if (each === null) return null;
  const worth = value(each, quantity(ticket.quantity));
  if (worth <= money(limits.largestOrderValue)) return null;
  return {
    rule: 'largest_order_value',
    limit: limits.largestOrderValue,
    actual: toText(worth),
    unit: 'USD',
    detail: null,
  };
};

export const largestOrderQuantity: Rule = ({ ticket, inputs: { limits } }) => {
  if (quantity(ticket.quantity) <= quantity(limits.largestOrderQuantity)) return null;
  return {
    rule: 'largest_order_quantity',
    limit: limits.largestOrderQuantity,
    actual: ticket.quantity,
    unit: 'shares',
    detail: null,
  };
};

/** As if everything on its way in the order's direction, and the order itself, were executed. */
export const largestPosition: Rule = onlyOpening(({ ticket, account, inputs: { quote, limits } }) => {
  const each = reckonedPrice(ticket, quote);
  if (each === null) return null;
  const held = netQuantity(holdingOf(account, ticket.symbol));
  const coming = plus(quantity(ticket.quantity), reservedQuantity(account, ticket.symbol, ticket.side));
  const worth = value(each, absolute(ticket.side === 'buy' ? plus(held, coming) : minus(held, coming)));
  if (worth <= money(limits.largestPositionValue)) return null;
  return {
    rule: 'largest_position',
    limit: limits.largestPositionValue,
    actual: toText(worth),
    unit: 'USD',
    detail: null,
  };
});

/** All positions together, each as large as what is on its way can make it. A price that is missing leaves it unknown. */
export const largestExposure: Rule = onlyOpening((check) => {
  const { largestExposure: limit } = check.inputs.limits;
  if (limit === null) return null;
  const exposure = exposureWith(check);
  if (exposure !== null && exposure <= money(limit)) return null;
  const actual = exposure === null ? null : toText(exposure);
  return { rule: 'largest_exposure', limit, actual, unit: 'USD', detail: null };
});

interface OnItsWay {
  readonly buys: Quantity;
  readonly sells: Quantity;
}
const NOTHING: OnItsWay = { buys: NO_QUANTITY, sells: NO_QUANTITY };

function exposureWith({ ticket, account, inputs }: Check): Money | null {
  const coming = new Map<string, OnItsWay>();
  const add = (symbol: string, side: 'buy' | 'sell', shares: Quantity): void => {
    const { buys, sells } = coming.get(symbol) ?? NOTHING;
    coming.set(symbol, side === 'buy' ? { buys: plus(buys, shares), sells } : { buys, sells: plus(sells, shares) });
  };
  for (const { symbol, side, quantity: shares } of account.reservations.values()) add(symbol, side, shares);
  add(ticket.symbol, ticket.side, quantity(ticket.quantity));

  const own = reckonedPrice(ticket, inputs.quote);
  const marks = new Map<string, Price>(inputs.marks.map((mark) => [mark.symbol, price(mark.price)]));
  if (own !== null) marks.set(ticket.symbol, larger(own, marks.get(ticket.symbol) ?? own));
  let total = NO_MONEY;
  for (const symbol of new Set([...account.holdings.keys(), ...coming.keys()])) {
    const held = netQuantity(holdingOf(account, symbol));
    const { buys, sells } = coming.get(symbol) ?? NOTHING;
    const shares = larger(absolute(held), larger(absolute(plus(held, buys)), absolute(minus(held, sells))));
    if (shares === 0n) continue;
    const mark = marks.get(symbol);
    if (mark === undefined) return null;
    total = plus(total, value(mark, shares));
  }
  return total;
}

/** Orders that may still be executed, this one among them. */
export const openOrders: Rule = onlyOpening(({ account, inputs: { limits } }) => {
  if (limits.mostOpenOrders === null) return null;
  let open = 1;
  for (const { quantity: left } of account.reservations.values()) if (left > 0n) open += 1;
  if (open <= limits.mostOpenOrders) return null;
  return { rule: 'open_orders', limit: `${limits.mostOpenOrders}`, actual: `${open}`, unit: 'orders', detail: null };
});
