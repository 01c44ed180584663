/** A market whose prices the test sets, for the tests beside this file. */
import type { MarketData, MarketSnapshot, Venue } from '../../application/ports/market-data.ts';
import { COMMON_SHARE } from '../../domain/order/samples.suite.ts';

const NOW = '2026-03-02T15:00:00.000Z';

export type TestMarket = ReturnType<typeof createMarket>;

/** AAPL and SPY trade, at 100 and 500 dollars. */
export function createMarket() {
  const prices = new Map<string, MarketSnapshot>();
  const asked: (readonly string[])[] = [];
  const set = (symbol: string, bid: string, ask: string, at = NOW): void => {
    prices.set(symbol, {
      quote: { symbol, bid, ask, at },
      last: ask,
      dailyBar: { tradingDay: '2026-03-02', close: ask },
      previousClose: '99',
      minuteBar: { time: 1_772_463_600, open: 100, high: 101, low: 99, close: Number(ask), volume: 1_000 },
    });
  };
  set('AAPL', '99.98', '100.02');
  set('SPY', '499.98', '500.02');
  const market: MarketData & Venue = {
    clock: () => Promise.resolve({ now: NOW, isOpen: true, nextOpen: NOW, nextClose: '2026-03-02T21:00:00.000Z' }),
    instruments: () =>
      Promise.resolve(new Map(['AAPL', 'SPY'].map((symbol) => [symbol, { symbol, name: symbol, ...COMMON_SHARE }]))),
    quote: (symbol) => Promise.resolve(prices.get(symbol)?.quote ?? null),
    snapshots(symbols) {
      asked.push(symbols);
      const found = symbols.flatMap((symbol) => {
        const snapshot = prices.get(symbol);
        return snapshot === undefined ? [] : [[symbol, snapshot] as const];
      });
      return Promise.resolve(new Map(found));
    },
    bars: (_symbol, _timeframe, limit) =>
      Promise.resolve(
        [{ time: 1_772_463_600, open: 100, high: 101, low: 99, close: 100.5, volume: 1_000 }].slice(0, limit),
      ),
  };
  return { ...market, set, asked };
}
