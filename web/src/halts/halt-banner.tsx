import type { Halt } from '../../../contracts/halts.ts';
import { Icon } from '../ui/icon.tsx';
import { haltProgressWords, headline, releaseWords, scopeWords } from './halt-words.ts';
import { bannerHalt, useHalts } from './halts-context.ts';
import { ReleaseButton } from './release-button.tsx';

function Banner({ halt, others, onMore }: { halt: Halt; others: number; onMore: () => void }) {
  const progress = haltProgressWords(halt);
  const release = releaseWords(halt);
  const tone = halt.concernsMe ? halt.level : 'others';
  return (
    <section className={`halt-banner halt-banner--${tone}`} aria-label="Trading is stopped">
      <span className="halt-banner__icon">
        <Icon name="stop" size={18} />
      </span>
      <div className="halt-banner__text" role="status">
        <p>
          <b>{headline(halt)}</b>: {scopeWords(halt)}. {halt.reason.text}
        </p>
        {progress !== null && <p className="halt-banner__detail">{progress}</p>}
        {release !== null && <p className="halt-banner__detail">{release}</p>}
      </div>
      <div className="halt-banner__actions">
        {halt.release.mayI && <ReleaseButton key={halt.id} halt={halt} />}
        <button type="button" className="button button--quiet" onClick={onMore}>
          {others === 0 ? 'Details' : `Details, and ${others} more`}
        </button>
      </div>
    </section>
  );
}

/** Stands under the header while something is stopped that the trader, or an operator, has to know of. */
export function HaltBanner() {
  const { halts, show } = useHalts();
  const first = bannerHalt(halts);
  return (
    <div className="shell__halts">
      {first !== null && <Banner halt={first} others={(halts?.length ?? 1) - 1} onMore={() => show('halts')} />}
    </div>
  );
}
