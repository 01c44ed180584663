/** The stored shapes of what an assessment looked at and found, and the way to them from the first version. */
import { z } from 'zod';
import { day, decimal, time } from './shape.ts';
import type { Upcaster } from './shape.ts';

const text = z.string();

export const breaches = z
  .array(
    z.strictObject({
      rule: z.enum([
        'disclaimer',
        'terms',
        'broker_link',
        'account_blocked',
        'trading_halted',
        'overfill',
        'repeated_execution',
        'trades_left',
        'instrument_state',
        'largest_order_value',
        'largest_order_quantity',
        'largest_position',
        'largest_exposure',
        'open_orders',
        'daily_loss',
        'position_flip',
        'short_sale',
        'buying_power',
        'margin',
        'protection_required',
        'price_collar',
        'fresh_quote',
        'duplicate_order',
        'order_rate',
        'key_rate',
        'reduce_only',
        'position_mismatch',
      ]),
      limit: text.nullable(),
      actual: text.nullable(),
      unit: z.enum(['USD', 'shares', 'percent', 'seconds', 'trades', 'orders']).nullable(),
      detail: text.nullable(),
    }),
  )
  .readonly();

const limits = z.strictObject({
  effectiveFrom: day,
  largestOrderValue: decimal,
  largestOrderQuantity: decimal,
  largestPositionValue: decimal,
  largestExposure: decimal.nullable(),
  mostOpenOrders: z.int().nullable(),
  dailyLoss: decimal,
  collarAggressivePercent: decimal,
  collarPassivePercent: decimal,
  collarStopPercent: decimal,
  quoteAgeSeconds: z.number(),
  duplicateWithinSeconds: z.number().nullable(),
  mostOrdersInTenSeconds: z.int().nullable(),
  mostOrdersInAMinute: z.int().nullable(),
  mostRepetitionsInAMinute: z.int().nullable(),
  shortSelling: z.boolean(),
  protectionRequired: z.boolean(),
  stopLossPercent: decimal.nullable(),
  takeProfitPercent: decimal.nullable(),
});

export const inputs = z.strictObject({
  marketTime: time,
  marketOpen: z.boolean(),
  tradingDay: day,
  quote: z.strictObject({ bid: decimal, ask: decimal, at: time }).nullable(),
  tradesIncluded: z.int().nullable(),
  missing: z.array(z.enum(['disclaimer', 'terms', 'broker_link'])).readonly(),
  limits,
  halts: z
    .array(z.strictObject({ haltId: text, level: z.enum(['halted', 'reducing']), scope: text, reason: text }))
    .readonly(),
  account: z
    .strictObject({
      buyingPower: decimal,
      equity: decimal,
      cash: decimal,
      shortingEnabled: z.boolean(),
      mayTrade: z.boolean(),
      at: time,
    })
    .nullable(),
  instrument: z.strictObject({ fractionable: z.boolean(), shortable: z.boolean(), tradable: z.boolean() }).nullable(),
  marks: z.array(z.strictObject({ symbol: text, price: decimal, previousClose: decimal.nullable() })).readonly(),
  confirmed: z.boolean(),
  margin: z.strictObject({ effectiveFrom: day, minimumEquity: decimal, largestPositionsToEquity: decimal }).nullable(),
  positionAtBroker: decimal.nullable(),
});

/** Of the second version's limits, what the first one did not know: nothing was limited by it. */
const NOT_LIMITED = {
  largestExposure: null,
  mostOpenOrders: null,
  duplicateWithinSeconds: null,
  mostOrdersInTenSeconds: null,
  mostOrdersInAMinute: null,
  mostRepetitionsInAMinute: null,
  shortSelling: true,
  protectionRequired: false,
  stopLossPercent: null,
  takeProfitPercent: null,
};

/** Of the second version's inputs, what the first one did not look at. */
const NOT_LOOKED_AT = {
  halts: [],
  account: null,
  instrument: null,
  marks: [],
  confirmed: false,
  margin: null,
  positionAtBroker: null,
};

interface First {
  readonly inputs: { readonly limits: object };
  readonly breaches?: readonly object[];
}

/** From the first version to the second: what was not looked at can not have changed what was decided. */
export const withRiskInputs: Upcaster = (data) => {
  const { inputs: seen, breaches: found, ...rest } = data as First;
  return {
    ...rest,
    inputs: { ...seen, ...NOT_LOOKED_AT, limits: { ...seen.limits, ...NOT_LIMITED } },
    ...(found !== undefined && { breaches: found.map((breach) => ({ ...breach, detail: null })) }),
  };
};
