import type { Quote } from '../../../../contracts/market.ts';
import { formatPrice } from '../../numbers/format.ts';
import type { Side } from './draft.ts';

interface SideSwitchProps {
  side: Side;
  quote: Quote | null;
  onChange: (side: Side) => void;
}

const SIDES = [
  { side: 'sell', label: 'Sell' },
  { side: 'buy', label: 'Buy' },
] as const;

/** Sell at the bid, buy at the ask: the two sides with their prices. */
export function SideSwitch({ side, quote, onChange }: SideSwitchProps) {
  return (
    <fieldset>
      <legend className="visually-hidden">Side</legend>
      <div className="sides">
        {SIDES.map((each) => {
          const price = quote === null ? '–' : formatPrice(each.side === 'buy' ? quote.ask : quote.bid);
          return (
            <label key={each.side} className={`sides__side sides__side--${each.side}`}>
              <input
                type="radio"
                name="side"
                value={each.side}
                checked={side === each.side}
                onChange={() => onChange(each.side)}
              />
              <span className="sides__face">
                <span className="sides__label">{each.label}</span>
                {/* The prices are read out once, in the line below; here they would change the control's name. */}
                <span className="sides__price" aria-hidden="true">
                  {price}
                </span>
              </span>
            </label>
          );
        })}
      </div>
      <p className="visually-hidden">
        {quote === null ? 'No quote yet' : `Bid ${formatPrice(quote.bid)}, ask ${formatPrice(quote.ask)}`}
      </p>
    </fieldset>
  );
}
