import { useMemo, type ReactNode } from 'react';
import type { Environment, Onboarding } from '../../../contracts/onboarding.ts';
import { describeFailure } from '../api/failure.ts';
import { getEnvironment, getOnboarding } from '../api/tradsy-api.ts';
import { FullPage } from '../shell/full-page.tsx';
import { useLoad } from '../ui/use-load.ts';
import { AccountContext, type AccountValue } from './account-context.ts';

interface Both {
  onboarding: Onboarding;
  environment: Environment;
}

async function loadBoth(): Promise<Both> {
  const [onboarding, environment] = await Promise.all([getOnboarding(), getEnvironment()]);
  return { onboarding, environment };
}

export function AccountProvider({ children }: { children: ReactNode }) {
  const { loaded, reload, replace } = useLoad('account', loadBoth);
  const value = useMemo<AccountValue | null>(() => {
    if (loaded.status !== 'ready') return null;
    const { onboarding, environment } = loaded.value;
    return {
      onboarding,
      environment,
      reload,
      replace: (next) => replace({ onboarding: next, environment }),
    };
  }, [loaded, reload, replace]);

  if (value !== null) return <AccountContext value={value}>{children}</AccountContext>;
  if (loaded.status !== 'failed') return <FullPage busy="Loading your account" />;
  return (
    <FullPage title="Your account could not be loaded" detail={describeFailure(loaded.failure)}>
      <button type="button" className="button button--primary" onClick={reload}>
        Try again
      </button>
    </FullPage>
  );
}
