import { createContext, use } from 'react';
import type { Instrument } from '../../../contracts/broker-api.ts';
import type { BrokerCapabilities } from '../../../contracts/capabilities.ts';
import type { RiskOverview } from '../../../contracts/risk.ts';
import type { Load } from '../ui/use-load.ts';

/** What limits the account, as it was told last. */
export type RiskSource = Load<RiskOverview>;

export interface TradingValue {
  /** Null until it is known, or while no broker account is there to trade on. */
  accountId: string | null;
  instruments: readonly Instrument[];
  /** What the broker takes; null until it is known. */
  capabilities: BrokerCapabilities | null;
  risk: RiskSource;
  status: 'loading' | 'ready' | 'failed';
  failure: string | null;
  reload: () => void;
}

export const TradingContext = createContext<TradingValue | null>(null);

/** The trading account, what can be traded on it, and which orders the broker and the account's limits take. */
export function useTrading(): TradingValue {
  const value = use(TradingContext);
  if (value === null) throw new Error('useTrading outside of TradingProvider');
  return value;
}
