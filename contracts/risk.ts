import { z } from 'zod';
import { decimalText, instantText, symbolText, uuidText } from './text.ts';

export const tolerance = z.enum(['cautious', 'balanced', 'bold']);
export const experience = z.enum(['new', 'some', 'experienced']);

const count = z.int().min(0);

/** Limits of orders and of the account; null: there is none of the kind. Dollars, shares and per cents as decimals. */
export const riskLimits = z
  .object({
    /** The day since which the table is in force. */
    effectiveFrom: z.iso.date(),
    largestOrderValue: decimalText,
    largestOrderQuantity: decimalText,
    largestPositionValue: decimalText,
    /** All positions and all orders on their way together. */
    largestExposure: decimalText.nullable(),
    mostOpenOrders: count.nullable(),
    dailyLoss: decimalText,
    collarAggressivePercent: decimalText,
    collarPassivePercent: decimalText,
    collarStopPercent: decimalText,
    quoteAgeSeconds: z.number(),
    /** For so long an order like the last one must be confirmed. */
    duplicateWithinSeconds: z.number().nullable(),
    mostOrdersInTenSeconds: count.nullable(),
    mostOrdersInAMinute: count.nullable(),
    /** Orders in one symbol on one side. */
    mostRepetitionsInAMinute: count.nullable(),
    shortSelling: z.boolean(),
    /** Whether an order that opens a position must bring a stop loss and a take profit. */
    protectionRequired: z.boolean(),
    /** How far from the entry the exits are proposed. */
    stopLossPercent: decimalText.nullable(),
    takeProfitPercent: decimalText.nullable(),
  })
  .meta({ id: 'RiskLimits' });
export type RiskLimits = z.infer<typeof riskLimits>;

/** What has executed too much: an `order`, and no position of the account can be made larger; its `exits`, and none in the symbol. */
const overfillCause = z.enum(['order', 'exits']);

/** What limits the account, and how much of it is used. */
export const riskOverview = z
  .object({
    profile: z.object({
      tolerance,
      experience,
      plan: z.enum(['free', 'basic', 'pro', 'elite']),
      /** False while it is the one of an account that has chosen none. */
      isChosen: z.boolean(),
    }),
    /** In force: what the table says for the profile, made tighter by the trader. */
    limits: riskLimits,
    table: riskLimits,
    /** The trader's own; null: none of the kind. */
    own: z.object({
      largestOrderValue: decimalText.nullable(),
      largestOrderQuantity: decimalText.nullable(),
      largestPositionValue: decimalText.nullable(),
      largestExposure: decimalText.nullable(),
      mostOpenOrders: count.nullable(),
      dailyLoss: decimalText.nullable(),
      mostOrdersInTenSeconds: count.nullable(),
      shortSelling: z.literal(false).nullable(),
      protectionRequired: z.literal(true).nullable(),
    }),
    /** In dollars, to the cent. Null where somebody does not tell a price that it takes. */
    today: z.object({
      tradingDay: z.iso.date(),
      realized: decimalText,
      /** By how much the profit that is not realized has grown since the close before: what was realized is gone from it. */
      unrealized: decimalText.nullable(),
      /** Both together; a loss as large as the limit stops what opens positions. */
      result: decimalText.nullable(),
    }),
    used: z.object({
      openOrders: count,
      ordersInTenSeconds: count,
      ordersInAMinute: count,
      /** In dollars, to the cent; null as above. */
      exposure: decimalText.nullable(),
    }),
    /** Halts that stop all orders of the account. */
    halts: z.array(z.object({ level: z.enum(['halted', 'reducing']), scope: z.string(), reason: z.string() })),
    /** Too many orders in one symbol on one side: positions can only be made smaller until the trader allows more. */
    repeatedExecution: z
      .object({ symbol: symbolText, side: z.enum(['buy', 'sell']), trippedAt: instantText })
      .nullable(),
    /** More was executed of an order, or of its exits, than was ordered; they hold back orders until the trader has looked. */
    overfills: z.array(
      z.object({
        orderId: uuidText,
        symbol: symbolText,
        cause: overfillCause,
        /** Shares. */
        excess: decimalText,
      }),
    ),
  })
  .meta({ id: 'RiskOverview' });
export type RiskOverview = z.infer<typeof riskOverview>;

/** A profile can be chosen that allows no more than the one in force. */
export const chooseRiskProfile = z.object({ tolerance, experience }).meta({ id: 'ChooseRiskProfile' });
export type ChooseRiskProfile = z.infer<typeof chooseRiskProfile>;

export const overfillPath = z.object({ orderId: uuidText });

/** What the trader has seen, `excess` in shares: that cause alone is cleared, and only while it is no more. */
export const clearOverfill = z.object({ cause: overfillCause, excess: decimalText }).meta({ id: 'ClearOverfill' });
export type ClearOverfill = z.infer<typeof clearOverfill>;

const positive = decimalText.refine((text) => !text.startsWith('-') && /[1-9]/.test(text), 'must be greater than 0');
const atLeastOne = z.int().min(1).max(1_000_000);

/** Limits of one's own, none looser than those in force. There is no way back. What is left out stays as it is. */
export const tightenLimits = z
  .strictObject({
    largestOrderValue: positive,
    largestOrderQuantity: positive,
    largestPositionValue: positive,
    largestExposure: positive,
    mostOpenOrders: atLeastOne,
    dailyLoss: positive,
    mostOrdersInTenSeconds: atLeastOne,
    shortSelling: z.literal(false),
    protectionRequired: z.literal(true),
  })
  .partial()
  .refine((limits) => Object.keys(limits).length > 0, 'must name a limit')
  .meta({ id: 'TightenLimits' });
export type TightenLimits = z.infer<typeof tightenLimits>;
