import type { Instrument } from '../../../../contracts/broker-api.ts';
import { compare, fromNumber, isDecimal } from '../../numbers/decimal.ts';

/**
 * The step in which a price may be given. TradingView: Instrument.variableMinTick, a list `step limit step limit step`:
 * each step holds below the limit after it.
 */
export function priceStep(instrument: Instrument | null, price: string): string {
  if (instrument === null) return '0.0001';
  const parts = instrument.variableMinTick.split(' ');
  if (parts.length < 3 || !parts.every(isDecimal)) return fromNumber(instrument.minTick);
  for (let at = 0; at + 1 < parts.length; at += 2) {
    if (compare(price, parts[at + 1] ?? '0') < 0) return parts[at] ?? '0.01';
  }
  return parts.at(-1) ?? '0.01';
}
