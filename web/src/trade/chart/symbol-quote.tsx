import { useFiguresComing, useLive } from '../../live/live-context.ts';
import { subtract } from '../../numbers/decimal.ts';
import { direction, formatPercentChange, formatPrice, formatSignedPrice } from '../../numbers/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { useTrading } from '../trading-context.ts';

/** The symbol's name, last price and change since the previous close. */
export function SymbolQuote({ symbol }: { symbol: string }) {
  const { instruments } = useTrading();
  const quote = useLive((live) => live.quotes[symbol] ?? null);
  const coming = useFiguresComing();
  const description = instruments.find((each) => each.name === symbol)?.description ?? '';
  const change = quote?.previousClose == null ? null : subtract(quote.last, quote.previousClose);
  const way = change === null ? 'flat' : direction(change);
  return (
    <div className="symbol">
      <h1 className="symbol__name">
        {symbol === '' ? <span className="skeleton symbol__skeleton" /> : symbol}
        <span className="symbol__description">{description}</span>
      </h1>
      <p className="symbol__quote">
        {quote === null ? (
          coming && <span className="skeleton symbol__skeleton" />
        ) : (
          <>
            <span className="symbol__last">{formatPrice(quote.last)}</span>
            {change !== null && quote.previousClose !== null && (
              <span className={`symbol__change ${way}`}>
                {way !== 'flat' && <Icon name={way === 'up' ? 'arrowUp' : 'arrowDown'} size={12} />}
                {formatSignedPrice(change)} ({formatPercentChange(quote.previousClose, quote.last) ?? '–'})
              </span>
            )}
          </>
        )}
      </p>
    </div>
  );
}
