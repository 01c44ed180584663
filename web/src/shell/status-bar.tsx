import { useState } from 'react';
import { useAccount } from '../session/account-context.ts';
import { useLiveStatus } from '../live/live-context.ts';
import type { LiveStatus } from '../live/live-connection.ts';
import { useShortcut } from '../ui/shortcuts.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

const CONNECTION: Record<LiveStatus, string> = {
  connecting: 'Connecting',
  live: 'Connected',
  reconnecting: 'Reconnecting',
  waiting_for_link: 'Link a broker account to see live figures',
  signed_out: 'Signed out',
};

/** The line at the foot of the terminal: connection, broker, help and the chart library's attribution. */
export function StatusBar() {
  const status = useLiveStatus();
  const { environment, onboarding } = useAccount();
  const [helpOpen, setHelpOpen] = useState(false);
  useShortcut('?', () => setHelpOpen(true));

  return (
    <footer className="status-bar">
      <span className={`status-bar__connection status-bar__connection--${status}`} role="status">
        <span className="status-bar__dot" aria-hidden="true" />
        {CONNECTION[status]}
      </span>
      <span className="status-bar__broker">
        {environment.broker === 'sandbox' ? 'Sandbox broker, no real money' : 'Alpaca'}
        {onboarding.brokerLink !== null && ` · ${onboarding.brokerLink.environment} account`}
      </span>
      <span className="status-bar__end">
        <button type="button" className="status-bar__help" onClick={() => setHelpOpen(true)}>
          Shortcuts <kbd className="kbd">?</kbd>
        </button>
        <span>
          Charts by{' '}
          <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
            TradingView
          </a>{' '}
          Lightweight Charts™
        </span>
      </span>
      <ShortcutsDialog open={helpOpen} onClose={() => setHelpOpen(false)} />
    </footer>
  );
}
