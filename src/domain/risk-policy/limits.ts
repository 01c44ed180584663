import type { RiskLimits } from './events.ts';

/** The limits of every account, newest last: the last table whose date has come is in force. */
const TABLES: readonly RiskLimits[] = [
  {
    effectiveFrom: '1990-01-01',
    largestOrderValue: '50000',
    largestOrderQuantity: '10000',
    largestPositionValue: '100000',
    dailyLoss: '2500',
    collarAggressivePercent: '10',
    collarPassivePercent: '50',
    collarStopPercent: '30',
    quoteAgeSeconds: 5,
  },
];

/** The limits in force on a trading day. */
export function limitsOn(tradingDay: string): RiskLimits {
  const inForce = TABLES.filter((table) => table.effectiveFrom <= tradingDay).at(-1);
  if (inForce === undefined) throw new RangeError(`no limits are in force on ${tradingDay}`);
  return inForce;
}
