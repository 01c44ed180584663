import type { RiskOverview } from '../../../contracts/risk.ts';
import { compare, divide, multiply } from '../numbers/decimal.ts';
import { direction, formatMoney, formatQuantity, formatSignedMoney } from '../numbers/format.ts';
import { formatTradingDay } from '../time/new-york.ts';

interface MeterProps {
  label: string;
  /** Null where it is not known. */
  used: string | null;
  /** Null where nothing limits it. */
  limit: string | null;
  usedText: string;
  limitText: string;
  detail?: string;
}

/** From here on a meter warns. */
const WARN_AT_PERCENT = '75';

/** Per cents used, between 0 and 100; a limit of zero is used up. */
function percentOf(used: string | null, limit: string | null): string | null {
  if (used === null || limit === null) return null;
  if (compare(used, '0') <= 0) return '0';
  if (compare(used, limit) >= 0) return '100';
  return divide(multiply(used, '100'), limit, 1);
}

/** How much of a limit is used: a bar, and both figures in words. */
function Meter({ label, used, limit, usedText, limitText, detail }: MeterProps) {
  const percent = percentOf(used, limit);
  const tone = percent === null || compare(percent, WARN_AT_PERCENT) < 0 ? 'calm' : percent === '100' ? 'full' : 'near';
  const text = `${usedText} of ${limitText}`;
  return (
    <div className={`usage usage--${tone}`}>
      <p className="usage__label">
        {label}
        {tone !== 'calm' && (
          <span className="badge">{tone === 'full' ? 'Used up' : `${formatQuantity(percent ?? '0')}% used`}</span>
        )}
      </p>
      <p className="usage__figures">
        <b>{usedText}</b> <span className="muted">of {limitText}</span>
      </p>
      <div
        className="usage__bar"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Number(percent ?? 0)}
        aria-valuetext={text}
      >
        <span style={{ width: `${percent ?? 0}%` }} />
      </div>
      {detail !== undefined && <p className="usage__detail">{detail}</p>}
    </div>
  );
}

const money = (amount: string | null): string => (amount === null ? 'Not known' : formatMoney(amount));
const signed = (amount: string | null): string => (amount === null ? 'not known' : formatSignedMoney(amount));
const orNone = (limit: number | string | null, words: (limit: number | string) => string): string =>
  limit === null ? 'no limit' : words(limit);

/** What of the limits is used at the moment. */
export function UsagePanel({ risk: { today, used, limits } }: { risk: RiskOverview }) {
  const { result } = today;
  const loss = result === null || direction(result) !== 'down' ? result && '0' : result.replace('-', '');
  return (
    <section className="limits__panel" aria-labelledby="usage-title">
      <h2 className="limits__heading" id="usage-title">
        Used today <span className="muted">{formatTradingDay(today.tradingDay)}</span>
      </h2>
      <div className="usages">
        <Meter
          label="Loss of the day"
          used={loss}
          limit={limits.dailyLoss}
          usedText={loss === null ? 'Not known' : formatMoney(loss)}
          limitText={formatMoney(limits.dailyLoss)}
          detail={`Realized ${signed(today.realized)}, unrealized ${signed(today.unrealized)}`}
        />
        <Meter
          label="All positions"
          used={used.exposure}
          limit={limits.largestExposure}
          usedText={money(used.exposure)}
          limitText={orNone(limits.largestExposure, formatMoney)}
          detail="With orders on their way"
        />
        <Meter
          label="Open orders"
          used={String(used.openOrders)}
          limit={limits.mostOpenOrders === null ? null : String(limits.mostOpenOrders)}
          usedText={formatQuantity(used.openOrders)}
          limitText={orNone(limits.mostOpenOrders, formatQuantity)}
        />
        <Meter
          label="Orders in 10 seconds"
          used={String(used.ordersInTenSeconds)}
          limit={limits.mostOrdersInTenSeconds === null ? null : String(limits.mostOrdersInTenSeconds)}
          usedText={formatQuantity(used.ordersInTenSeconds)}
          limitText={orNone(limits.mostOrdersInTenSeconds, formatQuantity)}
        />
      </div>
    </section>
  );
}
