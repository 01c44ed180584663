import { useFiguresComing, useLive } from '../../live/live-context.ts';
import { direction, formatMoney, formatSignedMoney } from '../../numbers/format.ts';

/** Equity, balance and unrealized P&L of the account. */
export function AccountSummary() {
  const account = useLive((state) => state.account);
  const coming = useFiguresComing();
  const unknown = coming ? <span className="skeleton account__skeleton" /> : '–';
  return (
    <section className="account" aria-label="Account summary">
      <dl className="account__figures">
        <div className="account__main">
          <dt>Equity</dt>
          <dd>{account === null ? unknown : formatMoney(account.equity)}</dd>
        </div>
        <div>
          <dt>Balance</dt>
          <dd>{account === null ? unknown : formatMoney(account.balance)}</dd>
        </div>
        <div>
          <dt>Unrealized P&amp;L</dt>
          <dd className={account === null ? undefined : direction(account.unrealizedPl)}>
            {account === null ? unknown : formatSignedMoney(account.unrealizedPl)}
          </dd>
        </div>
      </dl>
    </section>
  );
}
