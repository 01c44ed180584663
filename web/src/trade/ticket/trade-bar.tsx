import { useLive } from '../../live/live-context.ts';
import { formatPrice } from '../../numbers/format.ts';
import type { Side } from './draft.ts';

/** On a phone: the two sides at the foot of the screen, which open the ticket. */
export function TradeBar({ symbol, onOpen }: { symbol: string; onOpen: (side: Side) => void }) {
  const quote = useLive((state) => state.quotes[symbol] ?? null);
  return (
    <div className="trade-bar" role="group" aria-label="Open the order ticket">
      <button type="button" className="button button--sell button--large" onClick={() => onOpen('sell')}>
        Sell <span className="trade-bar__price">{quote === null ? '' : formatPrice(quote.bid)}</span>
      </button>
      <button type="button" className="button button--buy button--large" onClick={() => onOpen('buy')}>
        Buy <span className="trade-bar__price">{quote === null ? '' : formatPrice(quote.ask)}</span>
      </button>
    </div>
  );
}
