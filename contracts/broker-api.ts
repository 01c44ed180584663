/**
 * The shapes of TradingView's REST API for brokers, version 1.3.27: form-encoded requests, the `{s, d}` envelope, JSON
 * numbers, times in Unix seconds. Errors are answered with HTTP 200 and `{s: "error", errmsg}`; only a missing or ended
 * session is a 401.
 */
import { z } from 'zod';
import { unsupportedReason } from './capabilities.ts';
import { breach, refusalCode } from './problem.ts';
import { decimalText, instantText } from './text.ts';

/** A number in a form field: decimal digits only, so that `1e309`, `NaN` and the like are refused. */
const formNumber = z.string().regex(/^-?\d{1,12}(\.\d{1,9})?$/, 'must be a decimal number');
const positiveFormNumber = formNumber.refine(
  (text) => !text.startsWith('-') && /[1-9]/.test(text),
  'must be greater than 0',
);

export const orderSide = z.enum(['buy', 'sell']);
export const orderType = z.enum(['market', 'limit', 'stop', 'stoplimit']);
export const durationType = z.enum(['day', 'gtc', 'ioc', 'fok', 'opg', 'cls']);
export const orderStatus = z.enum(['placing', 'inactive', 'working', 'rejected', 'filled', 'cancelled']);

/** An id of ours; one in capitals is the same, and what is no id at all is found nowhere. */
const pathId = z.string().max(64).toLowerCase();
/** Path segment and query of every account route. */
export const accountPath = z.object({ accountId: pathId });
export const orderPath = accountPath.extend({ orderId: pathId });
export const localeQuery = z.object({ locale: z.string().max(16).default('en') });

export const placeOrderQuery = localeQuery.extend({
  /** Makes the call repeatable: the same id with the same content gives the first answer again. */
  requestId: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters')
    .optional(),
});

/** The body of a new order. Unknown keys are ignored, as the protocol asks. */
export const placeOrderForm = z
  .object({
    instrument: z.string().min(1).max(16),
    side: orderSide,
    type: orderType,
    qty: positiveFormNumber,
    limitPrice: positiveFormNumber.optional(),
    stopPrice: positiveFormNumber.optional(),
    durationType: durationType.default('day'),
    stopLoss: positiveFormNumber.optional(),
    takeProfit: positiveFormNumber.optional(),
    /** A trailing stop order's distance in price steps of one cent: only with `type=stop`, instead of `stopPrice`. */
    trailingStopPips: positiveFormNumber.optional(),
    currentAsk: formNumber.optional(),
    currentBid: formNumber.optional(),
    /** Trade outside the regular session too (limit orders only). */
    extendedHours: z.enum(['true', 'false']).optional(),
    /** Our addition: `true` says that the order is meant, though one like it was placed a moment ago. */
    confirmDuplicate: z.enum(['true', 'false']).optional(),
  })
  .meta({ id: 'PlaceOrderForm' });
export type PlaceOrderForm = z.infer<typeof placeOrderForm>;

export const modifyOrderForm = z
  .object({
    qty: positiveFormNumber,
    limitPrice: positiveFormNumber.optional(),
    stopPrice: positiveFormNumber.optional(),
    durationType: durationType.optional(),
    currentAsk: formNumber.optional(),
    currentBid: formNumber.optional(),
  })
  .meta({ id: 'ModifyOrderForm' });
export type ModifyOrderForm = z.infer<typeof modifyOrderForm>;

/** Success with a payload. */
export const ok = <T extends z.ZodType>(d: T) => z.object({ s: z.literal('ok'), d });
export const okEmpty = z.object({ s: z.literal('ok') });

/** A refusal. `errmsg` is for people; `refusal` is our addition for programs that want the reasons one by one. */
export const errorEnvelope = z
  .object({
    s: z.literal('error'),
    errmsg: z.string(),
    refusal: z.object({
      code: refusalCode,
      /** For `denied`: the order's id, under which its story can be read. */
      orderId: z.string().optional(),
      breaches: z.array(breach).optional(),
      /** For `unsupported_order`: every reason why the broker does not take it. */
      reasons: z.array(unsupportedReason).optional(),
      errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    }),
  })
  .meta({ id: 'BrokerApiError' });
export type ErrorEnvelope = z.infer<typeof errorEnvelope>;

export const orderPlaced = z.object({ orderId: z.string() });

export const brokerOrder = z
  .object({
    id: z.string(),
    instrument: z.string(),
    qty: z.number(),
    side: orderSide,
    type: orderType,
    status: orderStatus,
    filledQty: z.number(),
    avgPrice: z.number().optional(),
    limitPrice: z.number().optional(),
    stopPrice: z.number().optional(),
    isTrailingStop: z.boolean().optional(),
    trailingStopPips: z.number().optional(),
    parentId: z.string().optional(),
    parentType: z.enum(['order', 'position']).optional(),
    duration: z.object({ type: z.string() }),
    lastModified: z.number(),
    message: z.object({ text: z.string(), type: z.enum(['information', 'warning', 'error']) }).optional(),
    /**
     * Our addition: the stop loss of a bracket order is not what its position needs. Absent when nothing is wrong.
     * `openQty` shares of the order are still held, working stop losses would close `protectedQty`, and nothing protects `bareQty`.
     */
    protection: z
      .object({ since: instantText, openQty: z.number(), protectedQty: z.number(), bareQty: z.number() })
      .optional(),
  })
  .meta({ id: 'BrokerOrder' });
export type BrokerOrder = z.infer<typeof brokerOrder>;

export const brokerPosition = z
  .object({
    id: z.string(),
    instrument: z.string(),
    /** Always positive; `side` says long (`buy`) or short (`sell`). */
    qty: z.number(),
    side: orderSide,
    avgPrice: z.number(),
    unrealizedPl: z.number(),
    /**
     * Shares by our record and by the broker's, where they differ, negative for a short position; null when they agree. A
     * position that only the broker has stands here with a `qty` of 0.
     */
    mismatch: z.object({ ours: decimalText, brokers: decimalText, since: instantText }).nullable(),
  })
  .meta({ id: 'BrokerPosition' });
export type BrokerPosition = z.infer<typeof brokerPosition>;

export const brokerExecution = z
  .object({
    id: z.string(),
    instrument: z.string(),
    price: z.number(),
    /** Unix seconds, in the market's time. */
    time: z.number(),
    qty: z.number(),
    side: orderSide,
    orderId: z.string(),
    isClose: z.boolean(),
    /** Our addition, in the live stream only: the broker has undone the execution, and it is listed no more. */
    busted: z.literal(true).optional(),
  })
  .meta({ id: 'BrokerExecution' });
export type BrokerExecution = z.infer<typeof brokerExecution>;

/** `accountSummaryRowData` follows the row that `/config` defines. */
export const accountState = z
  .object({
    balance: z.number(),
    unrealizedPl: z.number(),
    equity: z.number(),
    accountSummaryRowData: z.array(z.string()).min(1),
  })
  .meta({ id: 'AccountState' });
export type AccountState = z.infer<typeof accountState>;

export const quoteItem = z
  .object({ s: z.literal('ok'), n: z.string(), v: z.object({ ask: z.number(), bid: z.number() }) })
  .meta({ id: 'QuoteItem' });

export const instrument = z
  .object({
    name: z.string(),
    description: z.string(),
    type: z.literal('stock'),
    minTick: z.number(),
    pipSize: z.number(),
    pipValue: z.number(),
    minQty: z.number(),
    maxQty: z.number(),
    qtyStep: z.number(),
    /** 0.0001 below one dollar, one cent from there on. */
    variableMinTick: z.string(),
  })
  .meta({ id: 'Instrument' });
export type Instrument = z.infer<typeof instrument>;

export const executionsQuery = localeQuery.extend({
  instrument: z.string().min(1).max(16),
  maxCount: z.coerce.number().int().min(1).max(1000).default(500),
});
export const historyQuery = localeQuery.extend({ maxCount: z.coerce.number().int().min(1).max(1000).default(500) });
export const quotesQuery = localeQuery.extend({ accountId: z.string().max(64), symbols: z.string().min(1).max(2000) });

export const authorizeForm = z.object({
  login: z.string().max(254),
  password: z.string().max(128),
  locale: z.string().max(16).default('en'),
});
export const accessToken = z.object({ access_token: z.string(), expiration: z.int() });

/** Account.config: every flag is said, because some default to true. */
export const brokerAccount = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['live', 'demo']),
    currency: z.literal('USD'),
    currencySign: z.literal('$'),
    config: z.record(z.string(), z.boolean()),
  })
  .meta({ id: 'BrokerAccount' });

export const brokerConfig = z
  .object({
    accountSummaryRow: z.array(z.object({ id: z.string(), title: z.string() })).min(1),
    durations: z.array(
      z.object({
        id: durationType,
        title: z.string(),
        default: z.boolean(),
        supportedOrderTypes: z.array(orderType).min(1),
      }),
    ),
    pullingInterval: z.object({
      quotes: z.int(),
      orders: z.int(),
      positions: z.int(),
      accountManager: z.int(),
    }),
  })
  .meta({ id: 'BrokerConfig' });
