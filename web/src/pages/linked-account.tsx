import { useState } from 'react';
import { Link } from 'react-router';
import type { BrokerLink } from '../../../contracts/onboarding.ts';
import { Modal } from '../ui/modal.tsx';

interface LinkedAccountProps {
  link: BrokerLink;
  busy: boolean;
  onUnlink: () => void;
}

/** The facts of a working link, and the way out of it. */
export function LinkedAccount({ link, busy, onUnlink }: LinkedAccountProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <dl className="facts link-facts">
        <div>
          <dt>Broker</dt>
          <dd>Alpaca</dd>
        </div>
        <div>
          <dt>Account</dt>
          <dd>
            {link.brokerAccount} ({link.environment})
          </dd>
        </div>
        <div>
          <dt>Linked since</dt>
          <dd>
            <time dateTime={link.linkedAt}>{new Date(link.linkedAt).toLocaleString()}</time>
          </dd>
        </div>
      </dl>
      <div className="auth__actions">
        <Link className="button button--primary button--large" to="/trade">
          Go to trading
        </Link>
        <button
          type="button"
          className="button button--large"
          aria-disabled={busy}
          onClick={() => {
            if (!busy) setAsking(true);
          }}
        >
          Unlink…
        </button>
      </div>
      <Modal open={asking} onClose={() => setAsking(false)} label="Unlink Alpaca account">
        <div className="auth__body--narrow">
          <h2 className="document__title">Unlink account {link.brokerAccount}?</h2>
          <p className="auth__text">
            Tradsy can then place, change and cancel nothing on this account. Working orders stay at Alpaca.
          </p>
          <div className="auth__actions">
            <button
              type="button"
              className="button button--sell"
              onClick={() => {
                setAsking(false);
                onUnlink();
              }}
            >
              Unlink
            </button>
            <button type="button" className="button" onClick={() => setAsking(false)}>
              Keep it linked
            </button>
          </div>
        </div>
      </Modal>
    </>
  );
}
