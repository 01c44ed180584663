import { Link } from 'react-router';
import { StopButton } from '../halts/stop-button.tsx';
import { useAccount } from '../session/account-context.ts';
import { Logo } from '../ui/logo.tsx';
import { ThemeToggle } from '../ui/theme-toggle.tsx';
import { AccountMenu } from './account-menu.tsx';
import { MarketState } from './market-state.tsx';
import { SymbolSearch } from './symbol-search.tsx';

const DATA_LABELS = { synthetic: 'Synthetic data', replay: 'Replay of real bars', live: null } as const;

export function AppHeader() {
  const { environment, onboarding } = useAccount();
  const label = DATA_LABELS[environment.data];
  const { tradesLeft } = onboarding.plan;
  return (
    <header className="header">
      <Link className="header__brand" to="/trade" aria-label="Tradsy, trade">
        <Logo />
      </Link>
      <SymbolSearch />
      <div className="header__facts">
        {label !== null && <span className="badge badge--warn">{label}</span>}
        <MarketState />
        {tradesLeft !== null && (
          <span className="header__trades">
            <b>{tradesLeft}</b> {tradesLeft === 1 ? 'trade' : 'trades'} left
          </span>
        )}
      </div>
      <div className="header__tools">
        <StopButton />
        <ThemeToggle />
        <AccountMenu />
      </div>
    </header>
  );
}
