/** The limits that come with the product; an operator may put tables of their own in their place. */
import type { LimitTable, LimitValues } from './limits.ts';

const BALANCED: LimitValues = {
  largestOrderValue: '50000',
  largestOrderQuantity: '10000',
  largestPositionValue: '100000',
  largestExposure: '250000',
  mostOpenOrders: 50,
  dailyLoss: '2500',
  collarAggressivePercent: '10',
  collarPassivePercent: '50',
  collarStopPercent: '30',
  quoteAgeSeconds: 5,
  duplicateWithinSeconds: 10,
  mostOrdersInTenSeconds: 10,
  // Of 200 requests that the broker takes in a minute under one key: cancels and look-ups have the rest.
  mostOrdersInAMinute: 120,
  mostRepetitionsInAMinute: 10,
  shortSelling: true,
  protectionRequired: false,
  stopLossPercent: '5',
  takeProfitPercent: '10',
};

/** Newest last. */
export const LIMIT_TABLES: readonly LimitTable[] = [
  {
    effectiveFrom: '1990-01-01',
    defaults: { tolerance: 'balanced', experience: 'new' },
    tolerance: {
      cautious: {
        ...BALANCED,
        largestOrderValue: '10000',
        largestOrderQuantity: '2000',
        largestPositionValue: '25000',
        largestExposure: '50000',
        mostOpenOrders: 20,
        dailyLoss: '500',
        collarAggressivePercent: '5',
        collarPassivePercent: '30',
        collarStopPercent: '20',
        mostOrdersInTenSeconds: 5,
        shortSelling: false,
        protectionRequired: true,
        stopLossPercent: '3',
        takeProfitPercent: '6',
      },
      balanced: BALANCED,
      bold: {
        ...BALANCED,
        largestOrderValue: '100000',
        largestOrderQuantity: '20000',
        largestPositionValue: '250000',
        largestExposure: '500000',
        mostOpenOrders: 100,
        dailyLoss: '10000',
        mostOrdersInTenSeconds: 20,
        stopLossPercent: '8',
        takeProfitPercent: '16',
      },
    },
    experience: {
      new: {
        largestOrderValue: '50000',
        largestOrderQuantity: '10000',
        largestPositionValue: '100000',
        largestExposure: '250000',
        mostOpenOrders: 50,
        dailyLoss: '2500',
        mostOrdersInTenSeconds: 10,
      },
      some: { largestPositionValue: '200000', largestExposure: '400000', dailyLoss: '5000' },
      experienced: {},
    },
    plan: {
      free: { largestExposure: '250000', mostOpenOrders: 50 },
      basic: { largestExposure: '400000' },
      pro: {},
      elite: {},
    },
  },
];
