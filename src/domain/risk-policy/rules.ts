/**
 * The risk rules: each looks at one order and the account as it would stand, and returns a breach or nothing. All of
 * them run, so that the trader sees every reason at once.
 */
import {
  absolute,
  larger,
  minus,
  money,
  percentApart,
  percentOf,
  plus,
  price,
  quantity,
  toText,
  value,
} from '../kernel/decimal.ts';
import type { Price } from '../kernel/decimal.ts';
import { netQuantity } from '../kernel/lots.ts';
import type { OrderTicket } from '../order/events.ts';
import type { AssessmentInputs, Breach } from './events.ts';
import { holdingOf, realizedOn, reservedQuantity, tradesUsed } from './state.ts';
import type { RiskState } from './state.ts';

export type Rule = (ticket: OrderTicket, account: RiskState, inputs: AssessmentInputs) => Breach | null;

/** The price at which the market would trade the order now: the ask for a buy, the bid for a sell. */
const marketPrice = (ticket: OrderTicket, inputs: AssessmentInputs): Price | null =>
  inputs.quote === null ? null : price(ticket.side === 'buy' ? inputs.quote.ask : inputs.quote.bid);

/**
 * The price that the order's value is reckoned at: its limit, its stop, or the market's. A sale with a lower limit still
 * trades at the market's.
 */
const reckonedPrice = (ticket: OrderTicket, inputs: AssessmentInputs): Price | null => {
  const own = ticket.limitPrice ?? ticket.stopPrice;
  const market = marketPrice(ticket, inputs);
  if (own === null || market === null) return own === null ? market : price(own);
  return ticket.side === 'sell' ? larger(price(own), market) : price(own);
};

/** Whether the order can only make a position smaller, counting the orders already on their way in its direction. */
export function onlyReduces(ticket: OrderTicket, account: RiskState): boolean {
  const held = netQuantity(holdingOf(account, ticket.symbol));
  const onItsWay = reservedQuantity(account, ticket.symbol, ticket.side);
  const opposite = ticket.side === 'sell' ? held > 0n : held < 0n;
  return opposite && plus(quantity(ticket.quantity), onItsWay) <= absolute(held);
}

const missing =
  (what: 'disclaimer' | 'terms' | 'broker_link'): Rule =>
  (_ticket, _account, inputs) =>
    inputs.missing.includes(what) ? { rule: what, limit: null, actual: null, unit: null } : null;

/** Closing is never stopped by the plan. */
const tradesLeft: Rule = (ticket, account, { tradesIncluded }) => {
  const used = tradesUsed(account);
  if (tradesIncluded === null || used < tradesIncluded || onlyReduces(ticket, account)) return null;
  return { rule: 'trades_left', limit: `${tradesIncluded}`, actual: `${used + 1}`, unit: 'trades' };
};

const largestOrderValue: Rule = (ticket, _account, inputs) => {
  const each = reckonedPrice(ticket, inputs);
  if (each === null) return null;
  const worth = value(each, quantity(ticket.quantity));
  if (worth <= money(inputs.limits.largestOrderValue)) return null;
  return { rule: 'largest_order_value', limit: inputs.limits.largestOrderValue, actual: toText(worth), unit: 'USD' };
};

const largestOrderQuantity: Rule = (ticket, _account, { limits }) => {
  if (quantity(ticket.quantity) <= quantity(limits.largestOrderQuantity)) return null;
  return {
    rule: 'largest_order_quantity',
    limit: limits.largestOrderQuantity,
    actual: ticket.quantity,
    unit: 'shares',
  };
};

/** As if everything on its way in the order's direction, and the order itself, were executed. */
const largestPosition: Rule = (ticket, account, inputs) => {
  const each = reckonedPrice(ticket, inputs);
  if (each === null || onlyReduces(ticket, account)) return null;
  const held = netQuantity(holdingOf(account, ticket.symbol));
  const coming = plus(quantity(ticket.quantity), reservedQuantity(account, ticket.symbol, ticket.side));
  const worth = value(each, absolute(ticket.side === 'buy' ? plus(held, coming) : minus(held, coming)));
  if (worth <= money(inputs.limits.largestPositionValue)) return null;
  return { rule: 'largest_position', limit: inputs.limits.largestPositionValue, actual: toText(worth), unit: 'USD' };
};

/** Once the day's realized loss has reached the limit, positions can only be made smaller. */
const dailyLoss: Rule = (ticket, account, { limits, tradingDay }) => {
  const realized = realizedOn(account, tradingDay);
  if (realized > -money(limits.dailyLoss) || onlyReduces(ticket, account)) return null;
  return { rule: 'daily_loss', limit: limits.dailyLoss, actual: toText(absolute(realized)), unit: 'USD' };
};

const priceCollar: Rule = (ticket, _account, inputs) => {
  const market = marketPrice(ticket, inputs);
  if (market === null) return null;
  const { limits } = inputs;
  const outside = (own: string | null, below: string, above: string): Breach | null => {
    if (own === null) return null;
    const allowed = price(own) < market ? below : above;
    const room = percentOf(allowed, market);
    if (absolute(minus(price(own), market)) <= room) return null;
    return { rule: 'price_collar', limit: allowed, actual: percentApart(price(own), market), unit: 'percent' };
  };
  const { collarAggressivePercent: atOnce, collarPassivePercent: waiting, collarStopPercent: stop } = limits;
  const [below, above] = ticket.side === 'buy' ? [waiting, atOnce] : [atOnce, waiting];
  return outside(ticket.limitPrice, below, above) ?? outside(ticket.stopPrice, stop, stop);
};

/** While the market is closed the last quote is as good as there is. */
const freshQuote: Rule = (_ticket, _account, { quote, marketTime, marketOpen, limits }) => {
  const limit = `${limits.quoteAgeSeconds}`;
  if (quote === null) return { rule: 'fresh_quote', limit, actual: null, unit: 'seconds' };
  const age = (Date.parse(marketTime) - Date.parse(quote.at)) / 1000;
  if (!marketOpen || age <= limits.quoteAgeSeconds) return null;
  return { rule: 'fresh_quote', limit, actual: age.toFixed(1), unit: 'seconds' };
};

export const RULES: readonly Rule[] = [
  missing('disclaimer'),
  missing('terms'),
  missing('broker_link'),
  tradesLeft,
  largestOrderValue,
  largestOrderQuantity,
  largestPosition,
  dailyLoss,
  priceCollar,
  freshQuote,
];

/** Every reason against the order. */
export const breachesOf: (...args: Parameters<Rule>) => readonly Breach[] = (ticket, account, inputs) =>
  RULES.map((rule) => rule(ticket, account, inputs)).filter((breach) => breach !== null);
