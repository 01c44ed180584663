/** Quotes, bars and the market's clock. Prices are decimal text. */
import type { InstrumentFacts } from '../../domain/order/unsupported.ts';

export interface MarketQuote {
  readonly symbol: string;
  readonly bid: string;
  readonly ask: string;
  readonly at: string;
}

/** `time`: start of the bar, Unix seconds UTC; a daily bar starts at midnight in New York. */
export interface MarketBar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface MarketSnapshot {
  readonly quote: MarketQuote;
  readonly last: string;
  /** The newest daily bar: of the exchange's day, or of the last one that had any trade. */
  readonly dailyBar: { readonly tradingDay: string; readonly close: string } | null;
  /** The close before that bar. */
  readonly previousClose: string | null;
  readonly minuteBar: MarketBar | null;
}

export interface MarketClock {
  /** The market's time: RFC 3339 in UTC. In a replay it is the replayed moment. */
  readonly now: string;
  /** Whether the regular session is on. */
  readonly isOpen: boolean;
  readonly nextOpen: string;
  readonly nextClose: string;
}

export interface Instrument extends InstrumentFacts {
  readonly symbol: string;
  readonly name: string;
}

export type Timeframe = '1Min' | '5Min' | '15Min' | '1Hour' | '1Day';

export interface MarketData {
  /** The newest quote of a symbol; null when there is none. Throws when the source does not answer. */
  quote(symbol: string): Promise<MarketQuote | null>;
  /** Quote, last trade and newest minute bar of many symbols in one request; unknown symbols are missing. */
  snapshots(symbols: readonly string[]): Promise<ReadonlyMap<string, MarketSnapshot>>;
  /** The newest `limit` bars that start before a moment (Unix seconds; null: now), oldest first. */
  bars(symbol: string, timeframe: Timeframe, limit: number, before: number | null): Promise<readonly MarketBar[]>;
}

/** The venue: its clock, and what can be traded there. */
export interface Venue {
  /** A reading may serve for some seconds, moved on by the wall clock; a `fresh` one is asked for now. */
  clock(reading?: 'fresh'): Promise<MarketClock>;
  /** Every instrument that there is, by symbol; also those that can not be traded at the moment. */
  instruments(): Promise<ReadonlyMap<string, Instrument>>;
}
