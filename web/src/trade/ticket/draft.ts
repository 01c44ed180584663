/** A draft of an order: what the trader has entered and chosen, the form made of it, and both in words. */
import type { z } from 'zod';
import type { orderSide, PlaceOrderForm } from '../../../../contracts/broker-api.ts';
import type { BrokerCapabilities } from '../../../../contracts/capabilities.ts';
import type { Quote } from '../../../../contracts/market.ts';
import { compare, divide, isDecimal, multiply, trimmed } from '../../numbers/decimal.ts';
import { formatMoney, formatPrice, formatQuantity } from '../../numbers/format.ts';
import { hasPrice, type Choices, type TicketType } from './broker-table.ts';

export type Side = z.infer<typeof orderSide>;
export type Table = BrokerCapabilities;

/** Figures are text as it was typed. */
export interface Draft extends Choices {
  readonly side: Side;
  readonly quantity: string;
  readonly limitPrice: string;
  readonly stopPrice: string;
  /** Dollars between the market and a trailing stop. */
  readonly trailPrice: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  /** Whether the exits are those that the limits propose; false once the trader has written one. */
  readonly exitsProposed: boolean;
}

export const emptyDraft: Draft = {
  side: 'buy',
  type: 'market',
  quantity: '',
  limitPrice: '',
  stopPrice: '',
  trailPrice: '',
  duration: 'day',
  extendedHours: false,
  bracket: false,
  takeProfit: '',
  stopLoss: '',
  exitsProposed: true,
};

/** Commas between thousands and blanks are typing habits, not part of the figure. */
export const plain = (typed: string): string => typed.replace(/[\s,]/g, '');

export const isPositive = (text: string): boolean => isDecimal(text) && compare(text, '0') > 0;

/** The price that the order itself names, its limit before its stop; null when there is none. */
export function ownPrice(table: Table, draft: Draft): string | null {
  const limit = hasPrice(table, draft.type, 'limit') ? plain(draft.limitPrice) : '';
  const stop = hasPrice(table, draft.type, 'stop') ? plain(draft.stopPrice) : '';
  return [limit, stop].find(isPositive) ?? null;
}

/** Quantity times the price the order is expected to trade at, exact; null while either is not known. */
export function estimatedValue(table: Table, draft: Draft, quote: Quote | null): string | null {
  const names = ['limit', 'stop'] as const;
  const isPriced = names.some((name) => hasPrice(table, draft.type, name));
  const taken = quote === null ? '' : draft.side === 'buy' ? quote.ask : quote.bid;
  const price = isPriced ? ownPrice(table, draft) : isPositive(taken) ? taken : null;
  const quantity = plain(draft.quantity);
  return price === null || !isPositive(quantity) ? null : multiply(quantity, price);
}

/** TradingView: order types of the form. A trailing stop is a stop with a distance in cents. */
const FORM_TYPES: Record<TicketType, PlaceOrderForm['type']> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stop_limit: 'stoplimit',
  trailing_stop: 'stop',
};
const CENT = '0.01';

/** The form for a draft without errors. */
export function formOf(table: Table, draft: Draft, symbol: string, quote: Quote | null): PlaceOrderForm {
  const figure = (typed: string): string => trimmed(plain(typed));
  const has = (name: 'limit' | 'stop' | 'trail'): boolean => hasPrice(table, draft.type, name);
  return {
    instrument: symbol,
    side: draft.side,
    type: FORM_TYPES[draft.type],
    qty: figure(draft.quantity),
    durationType: draft.duration,
    ...(has('limit') ? { limitPrice: figure(draft.limitPrice) } : {}),
    ...(has('stop') ? { stopPrice: figure(draft.stopPrice) } : {}),
    ...(has('trail') ? { trailingStopPips: divide(plain(draft.trailPrice), CENT, 0) } : {}),
    ...(draft.bracket ? { takeProfit: figure(draft.takeProfit), stopLoss: figure(draft.stopLoss) } : {}),
    ...(draft.extendedHours ? { extendedHours: 'true' as const } : {}),
    ...(quote === null ? {} : { currentAsk: quote.ask, currentBid: quote.bid }),
  };
}

/** An order form in words: `Buy 10 AAPL, limit 187.25, day`. */
export function describeForm(form: PlaceOrderForm): string {
  const { stopPrice, limitPrice, trailingStopPips: pips } = form;
  const prices = [
    pips === undefined ? null : `trailing stop ${formatPrice(multiply(pips, CENT))} away`,
    stopPrice === undefined ? null : `stop ${formatPrice(stopPrice)}`,
    limitPrice === undefined ? null : `limit ${formatPrice(limitPrice)}`,
  ].filter((part) => part !== null);
  const side = form.side === 'buy' ? 'Buy' : 'Sell';
  const how = prices.length === 0 ? 'at market' : prices.join(', ');
  const bracket =
    form.takeProfit !== undefined && form.stopLoss !== undefined
      ? `, take profit ${formatPrice(form.takeProfit)}, stop loss ${formatPrice(form.stopLoss)}`
      : '';
  const hours = form.extendedHours === 'true' ? ', extended hours too' : '';
  return `${side} ${formatQuantity(form.qty)} ${form.instrument} ${how}${bracket}, ${form.durationType}${hours}`;
}

/** The estimated value for the screen. */
export const formatEstimate = (value: string | null): string => (value === null ? '–' : formatMoney(value));
