import { useMemo, type ReactNode } from 'react';
import type { Instrument } from '../../../contracts/broker-api.ts';
import { getAccounts, getConfig, getInstruments, type BrokerConfig } from '../api/broker-api.ts';
import { describeFailure } from '../api/failure.ts';
import { LiveProvider } from '../live/live-provider.tsx';
import { useAccount } from '../session/account-context.ts';
import { useLoad } from '../ui/use-load.ts';
import { TradingContext, type TradingValue } from './trading-context.ts';

interface Trading {
  accountId: string | null;
  config: BrokerConfig;
  instruments: Instrument[];
}

async function loadTrading(): Promise<Trading> {
  const [config, accounts] = await Promise.all([getConfig(), getAccounts()]);
  const accountId = accounts[0]?.id ?? null;
  return { config, accountId, instruments: accountId === null ? [] : await getInstruments(accountId) };
}

export function TradingProvider({ children }: { children: ReactNode }) {
  const { onboarding } = useAccount();
  const { loaded, reload } = useLoad('trading', loadTrading);
  const value = useMemo<TradingValue>(() => {
    const ready = loaded.status === 'ready' ? loaded.value : null;
    return {
      accountId: ready?.accountId ?? null,
      instruments: ready?.instruments ?? [],
      durations: ready?.config.durations ?? [],
      status: loaded.status,
      failure: loaded.status === 'failed' ? describeFailure(loaded.failure) : null,
      reload,
    };
  }, [loaded, reload]);

  return (
    <TradingContext value={value}>
      <LiveProvider accountId={value.accountId} linked={onboarding.brokerLink !== null}>
        {children}
      </LiveProvider>
    </TradingContext>
  );
}
