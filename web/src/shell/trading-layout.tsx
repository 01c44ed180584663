import { Outlet } from 'react-router';
import { TradingProvider } from '../trade/trading-provider.tsx';
import { AppHeader } from './app-header.tsx';
import { StatusBar } from './status-bar.tsx';
import './shell.css';

/** Header, live data and status bar around the pages of the terminal. */
export function TradingLayout() {
  return (
    <TradingProvider>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <div className="shell">
        <AppHeader />
        <Outlet />
        <StatusBar />
      </div>
    </TradingProvider>
  );
}
