/**
 * Which orders the broker takes at all, so that an impossible one is told before anything is recorded. The combinations
 * are Alpaca's for US equities.
 */
import { minus, price, quantity } from '../kernel/decimal.ts';
import type { OrderTicket, OrderType, TimeInForce } from './events.ts';

export type UnsupportedReason =
  | 'limit_price_missing'
  | 'stop_price_missing'
  | 'trail_price_missing'
  | 'price_not_used'
  | 'price_step'
  | 'fraction_needs_day_order'
  | 'fraction_order_type'
  | 'time_in_force_order_type'
  | 'extended_hours_need_limit_day'
  | 'bracket_needs_both_exits'
  | 'bracket_time_in_force'
  | 'bracket_whole_shares'
  | 'bracket_order_type'
  | 'bracket_exits_reversed';

/** Every reason why the broker could not take the order; empty when it could. */
export function unsupportedReasons(ticket: OrderTicket): readonly UnsupportedReason[] {
  return [...priceReasons(ticket), ...sizeReasons(ticket), ...timeReasons(ticket), ...bracketReasons(ticket)];
}

const NEEDS: Readonly<Record<OrderType, { limit: boolean; stop: boolean; trail: boolean }>> = {
  market: { limit: false, stop: false, trail: false },
  limit: { limit: true, stop: false, trail: false },
  stop: { limit: false, stop: true, trail: false },
  stop_limit: { limit: true, stop: true, trail: false },
  trailing_stop: { limit: false, stop: false, trail: true },
};

function priceReasons(ticket: OrderTicket): UnsupportedReason[] {
  const needs = NEEDS[ticket.type];
  const reasons: UnsupportedReason[] = [];
  if (needs.limit && ticket.limitPrice === null) reasons.push('limit_price_missing');
  if (needs.stop && ticket.stopPrice === null) reasons.push('stop_price_missing');
  if (needs.trail && ticket.trailPrice === null) reasons.push('trail_price_missing');
  const surplus =
    (!needs.limit && ticket.limitPrice !== null) ||
    (!needs.stop && ticket.stopPrice !== null) ||
    (!needs.trail && ticket.trailPrice !== null);
  if (surplus) reasons.push('price_not_used');
  const prices = [ticket.limitPrice, ticket.stopPrice, ticket.takeProfit, ticket.stopLoss];
  if (prices.some((each) => each !== null && !onPriceGrid(each))) reasons.push('price_step');
  return reasons;
}

/** Prices have two decimals from one dollar on, and four below (SEC rule 612). */
function onPriceGrid(text: string): boolean {
  const decimals = text.includes('.') ? (text.replace(/0+$/, '').split('.')[1]?.length ?? 0) : 0;
  return decimals <= (price(text) >= price('1') ? 2 : 4);
}

const isFractional = (ticket: OrderTicket): boolean => quantity(ticket.quantity) % quantity('1') !== 0n;

function sizeReasons(ticket: OrderTicket): UnsupportedReason[] {
  if (!isFractional(ticket)) return [];
  const reasons: UnsupportedReason[] = [];
  if (ticket.timeInForce !== 'day') reasons.push('fraction_needs_day_order');
  if (ticket.type === 'trailing_stop') reasons.push('fraction_order_type');
  return reasons;
}

const ENDURING: readonly TimeInForce[] = ['day', 'gtc'];

function timeReasons(ticket: OrderTicket): UnsupportedReason[] {
  const enduring = ENDURING.includes(ticket.timeInForce);
  const reasons: UnsupportedReason[] = [];
  if (!enduring && ticket.type !== 'market' && ticket.type !== 'limit') reasons.push('time_in_force_order_type');
  if (ticket.extendedHours && (ticket.type !== 'limit' || !enduring)) reasons.push('extended_hours_need_limit_day');
  return reasons;
}

function bracketReasons(ticket: OrderTicket): UnsupportedReason[] {
  const { takeProfit, stopLoss } = ticket;
  if (takeProfit === null && stopLoss === null) return [];
  if (takeProfit === null || stopLoss === null) return ['bracket_needs_both_exits'];
  const reasons: UnsupportedReason[] = [];
  if (!ENDURING.includes(ticket.timeInForce) || ticket.extendedHours) reasons.push('bracket_time_in_force');
  if (isFractional(ticket)) reasons.push('bracket_whole_shares');
  if (ticket.type === 'trailing_stop') reasons.push('bracket_order_type');
  const gain = minus(price(takeProfit), price(stopLoss));
  if (ticket.side === 'buy' ? gain <= 0n : gain >= 0n) reasons.push('bracket_exits_reversed');
  return reasons;
}
