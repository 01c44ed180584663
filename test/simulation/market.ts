/** The market of the simulation: always open, with quotes that wander around 100 dollars and sometimes do not come. */
import type { Instrument, MarketData, MarketQuote, Venue } from '../../src/application/ports/market-data.ts';
import { dollarsText } from './amounts.ts';
import type { ProcessLife } from './life.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'] as const;

const FACTS = { tradable: true, fractionable: true, fractionableInExtendedHours: true, shortable: true } as const;
const INSTRUMENTS: ReadonlyMap<string, Instrument> = new Map(
  SYMBOLS.map((symbol) => [symbol, { symbol, name: symbol, ...FACTS }]),
);
const NO_ANSWER = 0.01;

export type Market = ReturnType<typeof createMarket>;

export function createMarket(scheduler: Scheduler, random: Random) {
  function quoteOf(symbol: string): MarketQuote {
    const middle = 10_000 + random.between(-100, 100);
    const at = new Date(scheduler.now() - random.between(0, 1_500)).toISOString();
    return { symbol, bid: dollarsText(middle - 2), ask: dollarsText(middle + 2), at };
  }

  return {
    of(life: ProcessLife): { readonly venue: Venue; readonly marketData: MarketData } {
      const answer = <T>(look: () => T): Promise<T> => {
        if (random.chance(NO_ANSWER))
          return life.read(20, () => Promise.reject(new Error('the market did not answer')));
        return life.read(random.between(0, 2), look);
      };
      const unused = (): never => {
        throw new Error('the order path does not ask for this');
      };
      const at = (hours: number): string => new Date(scheduler.now() + hours * 3_600_000).toISOString();
      return {
        venue: {
          clock: () => answer(() => ({ now: scheduler.text(), isOpen: true, nextOpen: at(24), nextClose: at(5) })),
          instruments: () => answer(() => INSTRUMENTS),
        },
        marketData: {
          quote: (symbol) => answer(() => quoteOf(symbol)),
          snapshots: (symbols) =>
            answer(() => {
              const day = { dailyBar: null, previousClose: '100', minuteBar: null };
              return new Map(symbols.map((symbol) => [symbol, { quote: quoteOf(symbol), last: '100', ...day }]));
            }),
          bars: unused,
        },
      };
    },
  };
}
