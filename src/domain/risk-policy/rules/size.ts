/** How large an order may be, and what it may make of a position and of the account. */
import { absolute, larger, minus, money, plus, price, quantity, toText, value } from '../../kernel/decimal.ts';
import type { Price } from '../../kernel/decimal.ts';
import { netQuantity } from '../../kernel/lots.ts';
import { exposureOf, openOrdersOf } from '../exposure.ts';
import { reckonedPrice } from '../reckoning.ts';
import { holdingOf, reservedQuantity } from '../state.ts';
import { onlyOpening } from './check.ts';
import type { Rule } from './check.ts';

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

/**
 * All positions and all orders on their way together, at their marks, the order's own symbol at the order's price where
 * that is higher. While a price is missing nobody can tell.
 */
export const largestExposure: Rule = onlyOpening(({ ticket, account, inputs }) => {
  const { largestExposure: limit } = inputs.limits;
  if (limit === null) return null;
  const own = reckonedPrice(ticket, inputs.quote);
  if (own === null) return null;
  const prices = new Map<string, Price>(inputs.marks.map((mark) => [mark.symbol, price(mark.price)]));
  prices.set(ticket.symbol, larger(own, prices.get(ticket.symbol) ?? own));
  const { symbol, side } = ticket;
  const exposure = exposureOf(account, prices, { symbol, side, quantity: quantity(ticket.quantity) });
  if (exposure !== null && exposure <= money(limit)) return null;
  const actual = exposure === null ? null : toText(exposure);
  return { rule: 'largest_exposure', limit, actual, unit: 'USD', detail: null };
});

/** Orders that may still be executed, this one among them. */
export const openOrders: Rule = onlyOpening(({ account, inputs: { limits } }) => {
  const open = openOrdersOf(account) + 1;
  if (limits.mostOpenOrders === null || open <= limits.mostOpenOrders) return null;
  return { rule: 'open_orders', limit: `${limits.mostOpenOrders}`, actual: `${open}`, unit: 'orders', detail: null };
});
