import { createContext, use } from 'react';
import type { Instrument } from '../../../contracts/broker-api.ts';
import type { BrokerCapabilities } from '../../../contracts/capabilities.ts';

export interface TradingValue {
  /** Null until it is known, or while no broker account is there to trade on. */
  accountId: string | null;
  instruments: readonly Instrument[];
  /** What the broker takes; null until it is known. */
  capabilities: BrokerCapabilities | null;
  status: 'loading' | 'ready' | 'failed';
  failure: string | null;
  reload: () => void;
}

export const TradingContext = createContext<TradingValue | null>(null);

/** The trading account, what can be traded on it, and which orders the broker takes. */
export function useTrading(): TradingValue {
  const value = use(TradingContext);
  if (value === null) throw new Error('useTrading outside of TradingProvider');
  return value;
}
