/** The portfolios of connected accounts, and their worth at the prices of the moment. */
import type { AccountState, BrokerPosition } from '../../../contracts/broker-api.ts';
import type { Portfolio, Portfolios, SnapshotOf } from './portfolio.ts';
import { markedPositions, stateOf } from './portfolio.ts';

export interface Worth {
  readonly type: 'positions';
  readonly positions: readonly BrokerPosition[];
  readonly state: AccountState;
}

export interface LivePortfolios {
  /** Loads the account's portfolio anew and tells its worth, unless a load is waiting already. */
  refresh(accountId: string): void;
  /** Tells the worth of the accounts that hold one of these symbols. */
  revalue(changed: ReadonlySet<string>): void;
  /** Somebody looks at the account who began with this portfolio: its worth is told again at the next refresh. */
  hold(accountId: string, portfolio: Portfolio): void;
  worthOf(portfolio: Portfolio): Worth;
  heldSymbols(accountId: string): readonly string[];
  forget(accountId: string): void;
}

export interface LivePortfoliosNeeds {
  readonly portfolios: Portfolios;
  readonly snapshotOf: SnapshotOf;
  /** Called when the worth has changed. */
  readonly tell: (accountId: string, worth: Worth) => void;
  /** A portfolio could not be loaded; what was told last stays. */
  readonly onTrouble: (error: unknown) => void;
}

interface Held {
  portfolio: Portfolio;
  told: string;
  loading: boolean;
  again: boolean;
}

export function createLivePortfolios({ portfolios, snapshotOf, tell, onTrouble }: LivePortfoliosNeeds): LivePortfolios {
  const accounts = new Map<string, Held>();

  const worthOf = (portfolio: Portfolio): Worth => ({
    type: 'positions',
    positions: markedPositions(portfolio.positions, snapshotOf),
    state: stateOf(portfolio, snapshotOf),
  });

  function tellIfNew(accountId: string, held: Held): void {
    const worth = worthOf(held.portfolio);
    const text = JSON.stringify(worth);
    if (text === held.told) return;
    held.told = text;
    tell(accountId, worth);
  }

  async function load(accountId: string, held: Held): Promise<void> {
    held.loading = true;
    do {
      held.again = false;
      try {
        const loaded = await portfolios.load(accountId);
        if (accounts.get(accountId) !== held) return;
        if (loaded.kind === 'found') held.portfolio = loaded.value;
        tellIfNew(accountId, held);
      } catch (error) {
        onTrouble(error);
      }
    } while (held.again);
    held.loading = false;
  }

  return {
    worthOf,
    refresh(accountId) {
      const held = accounts.get(accountId);
      if (held === undefined) return;
      if (held.loading) held.again = true;
      else void load(accountId, held);
    },
    revalue(changed) {
      for (const [accountId, held] of accounts) {
        if (held.portfolio.positions.some(({ symbol }) => changed.has(symbol))) tellIfNew(accountId, held);
      }
    },
    hold(accountId, portfolio) {
      const known = accounts.get(accountId);
      if (known === undefined) accounts.set(accountId, { portfolio, told: '', loading: false, again: false });
      // The newcomer may have begun with an older portfolio than the one that was told last.
      else known.told = '';
    },
    heldSymbols: (accountId) => (accounts.get(accountId)?.portfolio.positions ?? []).map(({ symbol }) => symbol),
    forget(accountId) {
      accounts.delete(accountId);
    },
  };
}
