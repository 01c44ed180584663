import { createContext, use } from 'react';
import type { Instrument } from '../../../contracts/broker-api.ts';
import type { BrokerConfig } from '../api/broker-api.ts';

export interface TradingValue {
  /** Null until it is known, or while no broker account is there to trade on. */
  accountId: string | null;
  instruments: readonly Instrument[];
  durations: BrokerConfig['durations'];
  status: 'loading' | 'ready' | 'failed';
  failure: string | null;
  reload: () => void;
}

export const TradingContext = createContext<TradingValue | null>(null);

/** The trading account, what can be traded on it, and how long orders may stand. */
export function useTrading(): TradingValue {
  const value = use(TradingContext);
  if (value === null) throw new Error('useTrading outside of TradingProvider');
  return value;
}
