import { useEffect, useRef, type RefObject } from 'react';
import { Link } from 'react-router';
import type { RiskOverview } from '../../../contracts/risk.ts';
import { describeFailure } from '../api/failure.ts';
import { useTrading } from '../trade/trading-context.ts';
import { Icon } from '../ui/icon.tsx';
import { LimitRow } from './limit-row.tsx';
import { houseRules, LIMITS } from './limit-words.ts';
import { ProfilePanel } from './profile-panel.tsx';
import { StandingNotices } from './standing-notices.tsx';
import { UsagePanel } from './usage-panel.tsx';
import './limits.css';

/** What is used follows the market, so it is asked for as long as it is looked at. */
const ASK_EVERY_MS = 5_000;

/** What the trader's orders are held against: how much of it is used, and the ways to make it tighter. */
export function LimitsPage() {
  const { risk } = useTrading();
  const { loaded, reload, poll, replace } = risk;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    poll();
    const timer = setInterval(() => {
      if (!document.hidden) poll();
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [poll]);

  return (
    <main className="limits" id="content">
      <title>Limits · Tradsy</title>
      <Link className="limits__back" to="/trade">
        <Icon name="arrowLeft" size={14} /> Trade
      </Link>
      <h1 className="limits__title" ref={heading} tabIndex={-1}>
        Limits
      </h1>
      <p className="limits__lead">
        Every order is held against these before it leaves. You can make a limit tighter at any moment; none can be
        loosened again, so that none gives way when it is needed.
      </p>
      {loaded.status === 'loading' && <LimitsSkeleton />}
      {loaded.status === 'failed' && (
        <div className="empty limits__failed" role="alert">
          <h2 className="empty__title">Your limits could not be loaded</h2>
          <p>{describeFailure(loaded.failure)}</p>
          <button type="button" className="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {loaded.status === 'ready' && (
        <LimitsView risk={loaded.value} onChanged={replace} onFailed={reload} heading={heading} />
      )}
    </main>
  );
}

interface LimitsViewProps {
  risk: RiskOverview;
  onChanged: (told: RiskOverview) => void;
  onFailed: () => void;
  heading: RefObject<HTMLElement | null>;
}

function LimitsView({ risk, onChanged, onFailed, heading }: LimitsViewProps) {
  return (
    <>
      <StandingNotices risk={risk} onChanged={onChanged} onFailed={onFailed} heading={heading} />
      <UsagePanel risk={risk} />
      <section className="limits__panel" aria-labelledby="limits-title">
        <h2 className="limits__heading" id="limits-title">
          In force
        </h2>
        <div className="table-scroll">
          <table className="table limits__table">
            <caption className="visually-hidden">Limits in force</caption>
            <thead>
              <tr>
                <th scope="col">Limit</th>
                <th scope="col" className="figure wide-only">
                  By profile and plan
                </th>
                <th scope="col" className="figure">
                  In force
                </th>
                <th scope="col">
                  <span className="visually-hidden">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {LIMITS.map((limit) => (
                <LimitRow key={limit.name} limit={limit} risk={risk} onChanged={onChanged} />
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <ProfilePanel profile={risk.profile} onChanged={onChanged} />
      <section className="limits__panel" aria-labelledby="house-title">
        <h2 className="limits__heading" id="house-title">
          With the profile
        </h2>
        <p className="limits__lead">These come with your profile, and guard against slips.</p>
        <dl className="facts limits__facts">
          {houseRules(risk.limits).map(({ label, text }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

function LimitsSkeleton() {
  return (
    <div className="limits__skeleton" role="status">
      <span className="visually-hidden">Loading your limits</span>
      <span className="skeleton limits__skeleton-usage" />
      <span className="skeleton limits__skeleton-table" />
    </div>
  );
}
