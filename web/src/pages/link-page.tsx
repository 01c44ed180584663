import { useState } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router';
import type { BrokerLink } from '../../../contracts/onboarding.ts';
import { describeFailure } from '../api/failure.ts';
import { startBrokerLink, unlinkBroker } from '../api/tradsy-api.ts';
import { useAccount } from '../session/account-context.ts';
import { Callout } from '../ui/callout.tsx';
import { Icon } from '../ui/icon.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { LinkedAccount } from './linked-account.tsx';
import { linkProblem } from './link-problems.ts';

const POINTS = [
  'Tradsy sends the orders you place to your own Alpaca account. Your money and your shares stay there.',
  'You agree at Alpaca, on Alpaca’s own page. We never see your Alpaca password.',
  'The token that Alpaca gives us is kept encrypted and is used for nothing but your orders, positions and prices.',
  'You can unlink at any time, here or at Alpaca. Working orders stay at Alpaca when you do.',
] as const;

const ACCOUNTS = [
  { value: 'paper', label: 'Paper account' },
  { value: 'live', label: 'Live account' },
] as const;

/** Only a web address may take over the page. */
function leaveFor(address: string): void {
  const { protocol } = new URL(address);
  if (protocol !== 'https:' && protocol !== 'http:') throw new RangeError('not a web address');
  window.location.assign(address);
}

export function LinkPage() {
  const { onboarding, environment, reload } = useAccount();
  const [search] = useSearchParams();
  const [account, setAccount] = useState<BrokerLink['environment']>('paper');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const problem = search.get('problem');
  const { brokerLink, missing } = onboarding;

  if (missing.includes('disclaimer') || missing.includes('terms')) return <Navigate to="/signup" replace />;

  async function run(action: () => Promise<void>): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await action();
    } catch (thrown) {
      setFailure(describeFailure(thrown));
      setBusy(false);
    }
  }

  const link = (): Promise<void> => run(async () => leaveFor(await startBrokerLink(account)));
  const unlink = (): Promise<void> =>
    run(async () => {
      await unlinkBroker();
      reload();
      setBusy(false);
    });

  const messages = (
    <>
      {problem !== null && failure === null && (
        <Callout tone="error" title="The account was not linked">
          <p>{linkProblem(problem)}</p>
        </Callout>
      )}
      {failure !== null && (
        <Callout tone="error">
          <p>{failure}</p>
        </Callout>
      )}
    </>
  );

  if (brokerLink?.status === 'active') {
    return (
      <AuthFrame title="Your broker link">
        {messages}
        <LinkedAccount link={brokerLink} busy={busy} onUnlink={() => void unlink()} />
      </AuthFrame>
    );
  }

  return (
    <AuthFrame title="Link your broker account" step={2}>
      {messages}
      {brokerLink?.status === 'revoked' && (
        <Callout tone="warn" title="Alpaca no longer accepts our access">
          <p>It was revoked at Alpaca or has run out. Link the account again to go on trading.</p>
        </Callout>
      )}
      <ul className="points">
        {POINTS.map((point) => (
          <li key={point}>
            <Icon name="check" />
            {point}
          </li>
        ))}
      </ul>
      {environment.broker === 'sandbox' ? (
        <Callout tone="warn" title="This is a sandbox">
          <p>
            Orders go to a simulated Alpaca on this machine. No real account, no real money, and no real broker is
            involved.
          </p>
        </Callout>
      ) : (
        <Segmented legend="Which Alpaca account" options={ACCOUNTS} value={account} onChange={setAccount} />
      )}
      <div className="auth__actions">
        <button
          type="button"
          className="button button--primary button--large"
          aria-disabled={busy}
          onClick={() => void link()}
        >
          {busy ? 'Opening Alpaca…' : 'Link Alpaca account'}
        </button>
        <Link className="button button--quiet button--large" to="/trade">
          Look around first
        </Link>
      </div>
    </AuthFrame>
  );
}
