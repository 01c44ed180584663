import type { Halt, HaltProgress } from '../../../contracts/halts.ts';
import { formatMarketMoment } from '../time/new-york.ts';
import { byWords, haltProgressWords, headline, progressWords, releaseWords, scopeWords } from './halt-words.ts';
import { ReleaseButton } from './release-button.tsx';

function NotDone({ accounts, flatten }: { accounts: readonly HaltProgress[]; flatten: boolean }) {
  if (accounts.length === 0) return null;
  return (
    <ul className="halt-card__accounts">
      {accounts.map((each) => (
        <li key={each.accountId}>
          <code>{each.accountId}</code>
          <span>{progressWords(each, flatten)}</span>
        </li>
      ))}
    </ul>
  );
}

/** All that is known of one halt. */
export function HaltCard({ halt }: { halt: Halt }) {
  const progress = haltProgressWords(halt);
  const release = releaseWords(halt);
  return (
    <article className={`halt-card halt-card--${halt.level}`} aria-label={`${headline(halt)}: ${scopeWords(halt)}`}>
      <h3 className="halt-card__title">
        {headline(halt)}: {scopeWords(halt)}
      </h3>
      <p>{halt.reason.text}</p>
      <p className="muted">
        By {byWords(halt)}, <time dateTime={halt.haltedAt}>{formatMarketMoment(new Date(halt.haltedAt))} ET</time>
      </p>
      {progress !== null && <p className="halt-card__progress">{progress}</p>}
      {halt.everywhere !== null && <NotDone accounts={halt.everywhere.notDone} flatten={halt.flatten} />}
      {release !== null && <p className="muted">{release}</p>}
      {halt.release.mayI && (
        <p>
          <ReleaseButton halt={halt} />
        </p>
      )}
    </article>
  );
}
