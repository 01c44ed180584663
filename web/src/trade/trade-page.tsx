import { useEffect, useRef, useState } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import type { BrokerPosition } from '../../../contracts/broker-api.ts';
import { symbolText } from '../../../contracts/text.ts';
import { useLiveContext } from '../live/live-context.ts';
import { fromNumber } from '../numbers/decimal.ts';
import { useAccount } from '../session/account-context.ts';
import { Callout } from '../ui/callout.tsx';
import { Modal } from '../ui/modal.tsx';
import { useShortcut } from '../ui/shortcuts.ts';
import { useToasts } from '../ui/toast-context.ts';
import { PHONE, useMedia } from '../ui/use-media.ts';
import { AccountSummary } from './account/account-summary.tsx';
import { Blotter } from './blotter/blotter.tsx';
import { ChartPanel } from './chart/chart-panel.tsx';
import { PositionsPanel } from './positions/positions-panel.tsx';
import { TradeBar } from './ticket/trade-bar.tsx';
import { OrderTicket } from './ticket/order-ticket.tsx';
import { emptyDraft, type Draft, type Side } from './ticket/draft.ts';
import { useSubmission } from './ticket/use-submission.ts';
import { useTrading } from './trading-context.ts';
import './trade.css';

const FIRST_CHOICE = 'AAPL';

/** Prices belong to the symbol that they were written for. */
const NO_PRICES = {
  limitPrice: '',
  stopPrice: '',
  trailPrice: '',
  takeProfit: '',
  stopLoss: '',
  exitsProposed: true,
} as const;

/** The symbol of the address; without one, a familiar instrument. Empty until the instruments are known. */
function useSymbol(): string {
  const [search] = useSearchParams();
  const { instruments, status } = useTrading();
  const wanted = symbolText.safeParse((search.get('symbol') ?? '').toUpperCase());
  if (wanted.success) return wanted.data;
  if (status === 'loading') return '';
  const familiar = instruments.find((each) => each.name === FIRST_CHOICE) ?? instruments[0];
  return familiar?.name ?? FIRST_CHOICE;
}

/** Says once that the link was made, and takes the mark out of the address. */
function useLinkedNotice(): void {
  const [search, setSearch] = useSearchParams();
  const { onboarding } = useAccount();
  const { show } = useToasts();
  const linked = search.get('linked') !== null;
  const account = onboarding.brokerLink?.brokerAccount;
  const said = useRef(false);
  useEffect(() => {
    if (!linked || said.current) return;
    said.current = true;
    show({ tone: 'good', title: 'Alpaca account linked', detail: account ?? 'You can place orders now.' });
    setSearch(
      (now) => {
        now.delete('linked');
        return now;
      },
      { replace: true },
    );
  }, [linked, account, show, setSearch]);
}

export function TradePage() {
  const symbol = useSymbol();
  const { watch } = useLiveContext();
  const { onboarding, reload } = useAccount();
  const { accountId, failure, reload: reloadTrading, risk } = useTrading();
  const navigate = useNavigate();
  const isPhone = useMedia(PHONE);
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [sheetOpen, setSheetOpen] = useState(false);
  const quantityRef = useRef<HTMLInputElement>(null);
  const submitting = useSubmission(accountId, reload);
  const lastSymbol = useRef(symbol);

  useLinkedNotice();
  useEffect(() => watch(symbol), [watch, symbol]);

  const exitsRequired = risk.loaded.status === 'ready' && risk.loaded.value.limits.protectionRequired;
  useEffect(() => {
    if (exitsRequired) setDraft((now) => ({ ...now, bracket: true }));
  }, [exitsRequired]);

  const { clear } = submitting;
  useEffect(() => {
    if (lastSymbol.current === symbol) return;
    lastSymbol.current = symbol;
    clear();
    setDraft((now) => ({ ...now, ...NO_PRICES }));
  }, [symbol, clear]);

  const change = (next: Partial<Draft>): void => setDraft((now) => ({ ...now, ...next }));

  function openTicket(next: Partial<Draft>): void {
    change(next);
    if (isPhone) setSheetOpen(true);
    // The sheet is drawn first.
    requestAnimationFrame(() => quantityRef.current?.select());
  }

  function closePosition(position: BrokerPosition): void {
    if (position.instrument !== symbol) void navigate(`/trade?symbol=${encodeURIComponent(position.instrument)}`);
    // What was said of the order before is not about this one.
    clear();
    const side: Side = position.side === 'buy' ? 'sell' : 'buy';
    const plainly = { type: 'market', duration: 'day', extendedHours: false, bracket: false } as const;
    openTicket({ side, ...plainly, quantity: fromNumber(position.qty) });
  }

  useShortcut('b', () => openTicket({ side: 'buy' }));
  useShortcut('s', () => openTicket({ side: 'sell' }));

  if (onboarding.missing.includes('disclaimer') || onboarding.missing.includes('terms')) {
    return <Navigate to="/signup" replace />;
  }

  const ticket = (
    <OrderTicket symbol={symbol} draft={draft} onChange={change} submitting={submitting} quantityRef={quantityRef} />
  );

  return (
    <main className="trade" id="content">
      <title>{symbol === '' ? 'Trade · Tradsy' : `${symbol} · Tradsy`}</title>
      <ChartPanel symbol={symbol} />
      <div className="desk">
        <div className="desk__inner">
          {failure !== null && (
            <div className="desk__notice">
              <Callout tone="error" title="Your trading account could not be loaded">
                <p>
                  {failure}{' '}
                  <button type="button" className="button button--small" onClick={reloadTrading}>
                    Try again
                  </button>
                </p>
              </Callout>
            </div>
          )}
          <AccountSummary />
          {!isPhone && (
            <section className="desk__ticket" aria-label="Order ticket">
              <h2 className="panel-title">Order ticket</h2>
              {ticket}
            </section>
          )}
        </div>
      </div>
      <div className="books">
        <PositionsPanel onClose={closePosition} />
        <Blotter />
      </div>
      {isPhone && (
        <>
          <TradeBar symbol={symbol} onOpen={(side) => openTicket({ side })} />
          <Modal open={sheetOpen} onClose={() => setSheetOpen(false)} label={`Trade ${symbol}`} className="sheet">
            <section aria-label="Order ticket">
              <div className="sheet__head">
                <h2>{symbol}</h2>
                <button type="button" className="button button--quiet" onClick={() => setSheetOpen(false)}>
                  Close
                </button>
              </div>
              {ticket}
            </section>
          </Modal>
        </>
      )}
    </main>
  );
}
