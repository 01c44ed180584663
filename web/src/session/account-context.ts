import { createContext, use } from 'react';
import type { Environment, Onboarding } from '../../../contracts/onboarding.ts';

export interface AccountValue {
  onboarding: Onboarding;
  environment: Environment;
  /** Reads the onboarding state again, such as the trades left after an order. */
  reload: () => void;
  replace: (onboarding: Onboarding) => void;
}

export const AccountContext = createContext<AccountValue | null>(null);

/** The signed-in trader's onboarding, plan and link, and what this installation stands on. */
export function useAccount(): AccountValue {
  const value = use(AccountContext);
  if (value === null) throw new Error('useAccount outside of AccountProvider');
  return value;
}
