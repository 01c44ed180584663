import type { z } from 'zod';
import type {
  durationType,
  Instrument,
  orderSide,
  orderType,
  PlaceOrderForm,
} from '../../../../contracts/broker-api.ts';
import type { Quote } from '../../../../contracts/market.ts';
import { compare, fromNumber, isDecimal, isMultipleOf, multiply, trimmed } from '../../numbers/decimal.ts';
import { formatMoney, formatPrice, formatQuantity } from '../../numbers/format.ts';
import { priceStep } from './price-step.ts';

export type Side = z.infer<typeof orderSide>;
export type OrderType = z.infer<typeof orderType>;
export type Duration = z.infer<typeof durationType>;

/** What the trader has entered, as text. */
export interface Draft {
  side: Side;
  type: OrderType;
  quantity: string;
  limitPrice: string;
  stopPrice: string;
  duration: Duration;
  bracket: boolean;
  takeProfit: string;
  stopLoss: string;
}

export type DraftField = 'quantity' | 'limitPrice' | 'stopPrice' | 'takeProfit' | 'stopLoss';
export type DraftErrors = Partial<Record<DraftField, string>>;

export const emptyDraft: Draft = {
  side: 'buy',
  type: 'market',
  quantity: '',
  limitPrice: '',
  stopPrice: '',
  duration: 'day',
  bracket: false,
  takeProfit: '',
  stopLoss: '',
};

export const hasLimit = (type: OrderType): boolean => type === 'limit' || type === 'stoplimit';
export const hasStop = (type: OrderType): boolean => type === 'stop' || type === 'stoplimit';

const TYPE_NAMES: Record<OrderType, string> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stoplimit: 'stop-limit',
};

/** Commas between thousands and blanks are typing habits, not part of the figure. */
const plain = (typed: string): string => typed.replace(/[\s,]/g, '');

const isPositive = (text: string): boolean => isDecimal(text) && compare(text, '0') > 0;

function quantityError(typed: string, instrument: Instrument | null): string | null {
  const text = plain(typed);
  if (text === '') return 'Enter a quantity';
  if (!isPositive(text)) return 'Enter a number greater than 0';
  if (instrument === null) return null;
  const least = fromNumber(instrument.minQty);
  const most = fromNumber(instrument.maxQty);
  const step = fromNumber(instrument.qtyStep);
  if (compare(text, least) < 0) return `At least ${formatQuantity(least)}`;
  if (compare(text, most) > 0) return `At most ${formatQuantity(most)}`;
  if (compare(step, '0') > 0 && !isMultipleOf(text, step)) return `In steps of ${step}`;
  return null;
}

function priceError(typed: string, instrument: Instrument | null): string | null {
  const text = plain(typed);
  if (text === '') return 'Enter a price';
  if (!isPositive(text)) return 'Enter a price greater than 0';
  const step = priceStep(instrument, text);
  return isMultipleOf(text, step) ? null : `In steps of ${step}`;
}

/** The price the order is expected to trade at: its own, or the side of the quote that it would take. */
export function expectedPrice(draft: Draft, quote: Quote | null): string | null {
  const own = plain(hasLimit(draft.type) ? draft.limitPrice : hasStop(draft.type) ? draft.stopPrice : '');
  if (draft.type !== 'market') return isPositive(own) ? own : null;
  if (quote === null) return null;
  const taken = draft.side === 'buy' ? quote.ask : quote.bid;
  return isPositive(taken) ? taken : null;
}

/** Quantity times expected price, exact; null while either is not known. */
export function estimatedValue(draft: Draft, quote: Quote | null): string | null {
  const price = expectedPrice(draft, quote);
  const quantity = plain(draft.quantity);
  return price === null || !isPositive(quantity) ? null : multiply(quantity, price);
}

function bracketErrors(draft: Draft, quote: Quote | null): DraftErrors {
  const price = expectedPrice(draft, quote);
  const takeProfit = plain(draft.takeProfit);
  const stopLoss = plain(draft.stopLoss);
  if (price === null) return {};
  const towards = draft.side === 'buy' ? 1 : -1;
  const words = (above: boolean): string => `Must be ${above ? 'above' : 'below'} ${formatPrice(price)}`;
  return {
    ...(isPositive(takeProfit) && compare(takeProfit, price) !== towards ? { takeProfit: words(towards > 0) } : {}),
    ...(isPositive(stopLoss) && compare(stopLoss, price) !== -towards ? { stopLoss: words(towards < 0) } : {}),
  };
}

/** What is wrong with a draft, field by field; empty when it can be sent. The server has the last word. */
export function checkDraft(draft: Draft, instrument: Instrument | null, quote: Quote | null): DraftErrors {
  const found: [DraftField, string | null][] = [['quantity', quantityError(draft.quantity, instrument)]];
  if (hasLimit(draft.type)) found.push(['limitPrice', priceError(draft.limitPrice, instrument)]);
  if (hasStop(draft.type)) found.push(['stopPrice', priceError(draft.stopPrice, instrument)]);
  if (draft.bracket) {
    found.push(['takeProfit', priceError(draft.takeProfit, instrument)]);
    found.push(['stopLoss', priceError(draft.stopLoss, instrument)]);
  }
  const wrong = Object.fromEntries(found.filter((entry) => entry[1] !== null));
  return { ...(draft.bracket ? bracketErrors(draft, quote) : {}), ...wrong };
}

/** The form for a draft without errors. */
export function formOf(draft: Draft, symbol: string, quote: Quote | null): PlaceOrderForm {
  const figure = (typed: string): string => trimmed(plain(typed));
  return {
    instrument: symbol,
    side: draft.side,
    type: draft.type,
    qty: figure(draft.quantity),
    durationType: draft.duration,
    ...(hasLimit(draft.type) ? { limitPrice: figure(draft.limitPrice) } : {}),
    ...(hasStop(draft.type) ? { stopPrice: figure(draft.stopPrice) } : {}),
    ...(draft.bracket ? { takeProfit: figure(draft.takeProfit), stopLoss: figure(draft.stopLoss) } : {}),
    ...(quote === null ? {} : { currentAsk: quote.ask, currentBid: quote.bid }),
  };
}

/** An order form in words: `Buy 10 AAPL, limit 187.25, day`. */
export function describeForm(form: PlaceOrderForm): string {
  const prices = [
    form.stopPrice === undefined ? null : `stop ${formatPrice(form.stopPrice)}`,
    form.limitPrice === undefined ? null : `limit ${formatPrice(form.limitPrice)}`,
  ].filter((part) => part !== null);
  const side = form.side === 'buy' ? 'Buy' : 'Sell';
  const how = prices.length === 0 ? `at ${TYPE_NAMES[form.type]}` : prices.join(', ');
  const bracket =
    form.takeProfit !== undefined && form.stopLoss !== undefined
      ? `, take profit ${formatPrice(form.takeProfit)}, stop loss ${formatPrice(form.stopLoss)}`
      : '';
  return `${side} ${formatQuantity(form.qty)} ${form.instrument} ${how}${bracket}, ${form.durationType}`;
}

/** The estimated value for the screen. */
export const formatEstimate = (value: string | null): string => (value === null ? '–' : formatMoney(value));
