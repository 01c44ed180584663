/** From TradingView's order forms to our terms. Text stays text: no number passes through a float. */
import type { ModifyOrderForm, PlaceOrderForm } from '../../../contracts/broker-api.ts';
import type { ReplaceOrderRequest } from '../../application/order/change-order.ts';
import type { PlaceOrderRequest } from '../../application/order/place-order.ts';
import { price, quantity, toText, value } from '../../domain/kernel/decimal.ts';
import type { OrderType } from '../../domain/order/events.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** A price step in dollars (TradingView: `pipSize` of the instruments). */
const PIP = price('0.01');

const TYPES: Readonly<Record<PlaceOrderForm['type'], OrderType>> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stoplimit: 'stop_limit',
};

/** Far beyond any order that is admitted, and small enough for every figure made of it to be told. */
const LARGEST = '10000000';

/** Fields whose number is too large to be meant. */
function oversized(form: Readonly<Partial<Record<string, string>>>): Refusal | null {
  const errors = ['qty', 'limitPrice', 'stopPrice', 'stopLoss', 'takeProfit', 'trailingStopPips']
    .filter((field) => quantity(form[field] ?? '0') >= quantity(LARGEST))
    .map((field) => ({ field, message: `must be less than ${LARGEST}` }));
  if (errors.length === 0) return null;
  return refuse('invalid_request', {
    detail: errors.map(({ field, message }) => `${field} ${message}.`).join(' '),
    errors,
  });
}

const inShares = (text: string): string => toText(quantity(text));
const inDollars = (text: string | undefined): string | null => (text === undefined ? null : toText(price(text)));

/** The same form gives the same terms, however its numbers were written: `1.50` and `1.5` are one price. */
export function termsOf(
  form: PlaceOrderForm,
): { readonly kind: 'terms'; readonly terms: PlaceOrderRequest['terms'] } | Refusal {
  const tooLarge = oversized(form);
  if (tooLarge !== null) return tooLarge;
  const { trailingStopPips: pips } = form;
  if (pips !== undefined && quantity(pips) % quantity('1') !== 0n) {
    const message = 'must be a whole number of cents';
    return refuse('invalid_request', {
      detail: `trailingStopPips ${message}.`,
      errors: [{ field: 'trailingStopPips', message }],
    });
  }
  return {
    kind: 'terms',
    terms: {
      symbol: form.instrument,
      side: form.side,
      type: form.type === 'stop' && pips !== undefined ? 'trailing_stop' : TYPES[form.type],
      quantity: inShares(form.qty),
      limitPrice: inDollars(form.limitPrice),
      stopPrice: inDollars(form.stopPrice),
      timeInForce: form.durationType,
      trailPrice: pips === undefined ? null : toText(value(PIP, quantity(pips))),
      extendedHours: form.extendedHours === 'true',
      takeProfit: inDollars(form.takeProfit),
      stopLoss: inDollars(form.stopLoss),
    },
  };
}

type Changes = Pick<ReplaceOrderRequest, 'quantity' | 'limitPrice' | 'stopPrice' | 'timeInForce'>;

/** What a form leaves out stays as it is. */
export function changesOf(form: ModifyOrderForm): { readonly kind: 'changes'; readonly changes: Changes } | Refusal {
  const { qty, limitPrice, stopPrice, durationType } = form;
  const changes = {
    quantity: inShares(qty),
    limitPrice: inDollars(limitPrice),
    stopPrice: inDollars(stopPrice),
    timeInForce: durationType ?? null,
  };
  return oversized({ qty, limitPrice, stopPrice }) ?? { kind: 'changes', changes };
}
