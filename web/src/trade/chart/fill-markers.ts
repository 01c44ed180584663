import type { BrokerExecution } from '../../../../contracts/broker-api.ts';
import type { Timeframe } from '../../../../contracts/market.ts';
import { add, fromNumber } from '../../numbers/decimal.ts';
import { formatQuantity } from '../../numbers/format.ts';
import { barStart } from './bar-series.ts';

/** The trader's own fills of one side in one bar. */
export interface FillMarker {
  /** Unix seconds of the bar's start. */
  time: number;
  side: 'buy' | 'sell';
  text: string;
}

/** One marker for each bar and side, oldest first, with the quantities of its fills added up. */
export function fillMarkers(executions: readonly BrokerExecution[], timeframe: Timeframe): FillMarker[] {
  const byBar = new Map<string, { time: number; side: 'buy' | 'sell'; quantity: string }>();
  for (const { time, side, qty } of executions) {
    const start = barStart(time, timeframe);
    const key = `${start} ${side}`;
    const known = byBar.get(key);
    byBar.set(key, { time: start, side, quantity: add(known?.quantity ?? '0', fromNumber(qty)) });
  }
  return [...byBar.values()]
    .toSorted((a, b) => a.time - b.time)
    .map(({ time, side, quantity }) => ({
      time,
      side,
      text: `${side === 'buy' ? 'B' : 'S'} ${formatQuantity(quantity)}`,
    }));
}
