import { useRef, type RefObject } from 'react';
import { Link } from 'react-router';
import type { RiskOverview } from '../../../contracts/risk.ts';
import { allowOrdersAgain, clearOverfill } from '../api/tradsy-api.ts';
import { Callout } from '../ui/callout.tsx';
import { useToasts } from '../ui/toast-context.ts';
import { useFocusAfter } from '../ui/use-focus-after.ts';
import { overfillWords, repeatedWords, type NoticeWords } from './notice-words.ts';
import { useChange } from './use-change.ts';

interface NoticeProps {
  words: NoticeWords;
  /** The order that it is about, where it is about one. */
  orderId?: string;
  /** Tells the server that the trader has looked. */
  look: () => Promise<RiskOverview>;
  onLooked: (told: RiskOverview) => void;
  onFailed: () => void;
}

/** Something that holds orders back until the trader has looked at it, and the way to say so. */
function Notice({ words, orderId, look, onLooked, onFailed }: NoticeProps) {
  const { title, what, until, action, done } = words;
  const { show } = useToasts();
  const { failure, busy, run } = useChange();

  async function clear(): Promise<void> {
    try {
      onLooked(await look());
    } catch (thrown) {
      onFailed();
      throw thrown;
    }
    show({ tone: 'good', ...done });
  }

  return (
    <Callout tone="warn" title={title}>
      <p>
        {what} {until}
      </p>
      {failure !== null && (
        <p className="field__error" role="alert">
          {failure}
        </p>
      )}
      <div className="notice__ways">
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          aria-label={`${action}: ${title}`}
          onClick={() => void run(clear)}
        >
          {action}
        </button>
        <Link to="/trade">Your positions</Link>
        {orderId !== undefined && <Link to={`/orders/${orderId}`}>Order story</Link>}
      </div>
    </Callout>
  );
}

interface StandingNoticesProps {
  risk: RiskOverview;
  onChanged: (told: RiskOverview) => void;
  /** Something was not taken: what the page shows may be old. */
  onFailed: () => void;
  /** Where the focus goes when no notice is left. */
  heading: RefObject<HTMLElement | null>;
}

/** What stands against orders that open positions until the trader has looked: repeated orders, and what was executed too much. */
export function StandingNotices({ risk, onChanged, onFailed, heading }: StandingNoticesProps) {
  const { repeatedExecution, overfills } = risk;
  const notices = useRef<HTMLElement>(null);
  const moveFocus = useFocusAfter(() => notices.current?.querySelector('button') ?? heading.current);
  if (repeatedExecution === null && overfills.length === 0) return null;
  const told = {
    onLooked(now: RiskOverview): void {
      moveFocus();
      onChanged(now);
    },
    onFailed,
  };
  return (
    <section className="notices" ref={notices} aria-label="What holds orders back">
      {repeatedExecution !== null && (
        <Notice words={repeatedWords(repeatedExecution)} look={allowOrdersAgain} {...told} />
      )}
      {overfills.map((found) => (
        <Notice
          key={`${found.orderId} ${found.cause}`}
          words={overfillWords(found)}
          orderId={found.orderId}
          look={() => clearOverfill(found.orderId, { cause: found.cause, excess: found.excess })}
          {...told}
        />
      ))}
    </section>
  );
}
