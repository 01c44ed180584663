import { useMemo, type ReactNode } from 'react';
import type { Instrument } from '../../../contracts/broker-api.ts';
import type { BrokerCapabilities } from '../../../contracts/capabilities.ts';
import { getAccounts, getInstruments } from '../api/broker-api.ts';
import { describeFailure } from '../api/failure.ts';
import { getCapabilities, getRisk } from '../api/tradsy-api.ts';
import { LiveProvider } from '../live/live-provider.tsx';
import { useAccount } from '../session/account-context.ts';
import { useLoad } from '../ui/use-load.ts';
import { TradingContext, type RiskSource, type TradingValue } from './trading-context.ts';

interface Trading {
  accountId: string | null;
  capabilities: BrokerCapabilities;
  instruments: Instrument[];
}

async function loadTrading(): Promise<Trading> {
  const [capabilities, accounts] = await Promise.all([getCapabilities(), getAccounts()]);
  const accountId = accounts[0]?.id ?? null;
  return { capabilities, accountId, instruments: accountId === null ? [] : await getInstruments(accountId) };
}

function useRisk(): RiskSource {
  const { loaded, reload, poll, replace } = useLoad('risk', getRisk);
  return useMemo(() => ({ loaded, reload, poll, replace }), [loaded, reload, poll, replace]);
}

export function TradingProvider({ children }: { children: ReactNode }) {
  const { onboarding } = useAccount();
  const { loaded, reload } = useLoad('trading', loadTrading);
  const risk = useRisk();
  const value = useMemo<TradingValue>(() => {
    const ready = loaded.status === 'ready' ? loaded.value : null;
    return {
      accountId: ready?.accountId ?? null,
      instruments: ready?.instruments ?? [],
      capabilities: ready?.capabilities ?? null,
      status: loaded.status,
      failure: loaded.status === 'failed' ? describeFailure(loaded.failure) : null,
      reload,
      risk,
    };
  }, [loaded, reload, risk]);

  return (
    <TradingContext value={value}>
      <LiveProvider accountId={value.accountId} linked={onboarding.brokerLink !== null}>
        {children}
      </LiveProvider>
    </TradingContext>
  );
}
