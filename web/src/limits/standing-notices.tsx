import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RiskOverview } from '../../../contracts/risk.ts';
import { allowOrdersAgain, clearOverfill } from '../api/tradsy-api.ts';
import { formatQuantity } from '../numbers/format.ts';
import { Callout } from '../ui/callout.tsx';
import { useToasts } from '../ui/toast-context.ts';
import { useChange } from './use-change.ts';

interface NoticeProps {
  title: string;
  children: ReactNode;
  action: string;
  done: string;
  change: () => Promise<RiskOverview>;
  onChanged: (told: RiskOverview) => void;
}

/** Something that holds orders back until the trader has looked at it, and the way to say so. */
function Notice({ title, children, action, done, change, onChanged }: NoticeProps) {
  const { show } = useToasts();
  const { failure, busy, run } = useChange();
  return (
    <Callout tone="warn" title={title}>
      <p>{children}</p>
      {failure !== null && (
        <p className="field__error" role="alert">
          {failure}
        </p>
      )}
      <div>
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          onClick={() =>
            void run(async () => {
              onChanged(await change());
              show({ tone: 'good', title: done, detail: 'Orders that open positions are taken again.' });
            })
          }
        >
          {action}
        </button>
      </div>
    </Callout>
  );
}

interface StandingNoticesProps {
  risk: RiskOverview;
  onChanged: (told: RiskOverview) => void;
}

/** What stands against orders that open positions until the trader has looked: repeated orders, and what was executed too much. */
export function StandingNotices({ risk: { repeatedExecution, overfills }, onChanged }: StandingNoticesProps) {
  return (
    <>
      {repeatedExecution !== null && (
        <Notice
          title={`Too many ${repeatedExecution.side} orders in ${repeatedExecution.symbol}`}
          action="Allow orders again"
          done="Orders are allowed again"
          change={allowOrdersAgain}
          onChanged={onChanged}
        >
          Within a minute more came than your limits allow, as from a program that repeats itself. Until you allow more,
          positions can only be made smaller.
        </Notice>
      )}
      {overfills.map(({ orderId, symbol, cause, excess }) => (
        <Notice
          key={`${orderId} ${cause}`}
          title={`${formatQuantity(excess)} ${symbol} more than ordered`}
          action="I have looked at it"
          done={`${symbol} is looked at`}
          change={() => clearOverfill(orderId, { cause, excess })}
          onChanged={onChanged}
        >
          {cause === 'order'
            ? 'The broker has executed more of an order than you asked for. The shares are in your account. Until you have looked, positions of your account can only be made smaller. '
            : `Both exits of a bracket were executed. The shares are in your account. Until you have looked, positions in ${symbol} can only be made smaller. `}
          <Link to={`/orders/${orderId}`}>Order story</Link>
        </Notice>
      ))}
    </>
  );
}
