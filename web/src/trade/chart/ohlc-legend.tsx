import type { Bar, Timeframe } from '../../../../contracts/market.ts';
import { formatPrice, formatVolume } from '../../numbers/format.ts';
import { formatMarketDate, formatMarketDay, formatMarketMinute } from '../../time/new-york.ts';

/** Open, high, low, close and volume of the bar under the crosshair, else of the newest bar. */
export function OhlcLegend({ bar, timeframe }: { bar: Bar | null; timeframe: Timeframe }) {
  if (bar === null) return null;
  const at = new Date(bar.time * 1000);
  const tone = bar.close >= bar.open ? 'up' : 'down';
  return (
    <dl className="ohlc">
      <div className="ohlc__time">
        <dt className="visually-hidden">Bar</dt>
        <dd>{timeframe === '1Day' ? formatMarketDate(at) : `${formatMarketDay(at)} ${formatMarketMinute(at)} ET`}</dd>
      </div>
      {(['open', 'high', 'low', 'close'] as const).map((what) => (
        <div key={what}>
          <dt>
            <abbr title={what}>{what.charAt(0).toUpperCase()}</abbr>
          </dt>
          <dd className={tone}>{formatPrice(bar[what])}</dd>
        </div>
      ))}
      <div>
        <dt>
          <abbr title="volume">V</abbr>
        </dt>
        <dd>{formatVolume(bar.volume)}</dd>
      </div>
    </dl>
  );
}
