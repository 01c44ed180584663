import { Outlet } from 'react-router';
import { HaltBanner } from '../halts/halt-banner.tsx';
import { HaltsProvider } from '../halts/halts-provider.tsx';
import { TradingProvider } from '../trade/trading-provider.tsx';
import { AppHeader } from './app-header.tsx';
import { StatusBar } from './status-bar.tsx';
import './shell.css';
import '../halts/halts.css';

/** Header, live data and status bar around the pages of the terminal. */
export function TradingLayout() {
  return (
    <TradingProvider>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <HaltsProvider>
        <div className="shell">
          <AppHeader />
          <HaltBanner />
          <Outlet />
          <StatusBar />
        </div>
      </HaltsProvider>
    </TradingProvider>
  );
}
