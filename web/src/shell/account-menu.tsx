import { Link } from 'react-router';
import { logOut } from '../api/tradsy-api.ts';
import { useAccount } from '../session/account-context.ts';
import { session } from '../session/session.ts';
import { useDisclosure } from '../ui/disclosure.ts';
import { Icon } from '../ui/icon.tsx';

const PLAN_NAMES = { free: 'Free', basic: 'Basic', pro: 'Pro', elite: 'Elite' } as const;

async function leave(): Promise<void> {
  try {
    await logOut();
  } finally {
    session.signOut();
  }
}

export function AccountMenu() {
  const { onboarding } = useAccount();
  const { open, setOpen, hostRef } = useDisclosure<HTMLDivElement>();
  const { plan, brokerLink, user } = onboarding;
  return (
    <div className="account-menu" ref={hostRef}>
      <button
        type="button"
        className="button button--quiet account-menu__button"
        aria-expanded={open}
        aria-controls="account-menu"
        aria-label="Account"
        onClick={() => setOpen(!open)}
      >
        <Icon name="user" />
        <Icon name="chevron" size={12} />
      </button>
      <div className="account-menu__panel" id="account-menu" hidden={!open}>
        <p className="account-menu__email">{user.email}</p>
        <dl className="facts">
          <div>
            <dt>Plan</dt>
            <dd>{PLAN_NAMES[plan.name]}</dd>
          </div>
          <div>
            <dt>Trades left</dt>
            <dd>{plan.tradesLeft === null ? 'Unlimited' : `${plan.tradesLeft} of ${plan.tradesIncluded ?? '–'}`}</dd>
          </div>
          <div>
            <dt>Broker</dt>
            <dd>
              {brokerLink === null ? 'Not linked' : `Alpaca ${brokerLink.environment} · ${brokerLink.brokerAccount}`}
            </dd>
          </div>
        </dl>
        <div className="account-menu__actions">
          <Link className="button" to="/limits" onClick={() => setOpen(false)}>
            Limits
          </Link>
          <Link className="button" to="/link" onClick={() => setOpen(false)}>
            Broker link
          </Link>
          <button type="button" className="button" onClick={() => void leave().catch(() => undefined)}>
            Log out
          </button>
        </div>
      </div>
    </div>
  );
}
