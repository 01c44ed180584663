import { Link } from 'react-router';
import type { OrderStory } from '../../../contracts/story.ts';
import { BreachTable } from '../trade/breach-table.tsx';
import { CopyButton } from './copy-button.tsx';
import { outcomeWords } from './story-words.ts';
import { Timeline } from './timeline.tsx';

/** An order's story: what was asked, how it ended and why, and every recorded step. */
export function StoryView({ story }: { story: OrderStory }) {
  const { label, tone, meaning } = outcomeWords(story.outcome);
  const own = story.events.filter((event) => event.stream === `order-${story.orderId}`);
  const why = story.breaches.length > 0 ? null : ((own.at(-1) ?? story.events.at(-1))?.sentence ?? null);
  return (
    <section className="story__body" aria-label="Order story">
      <header className="story__head">
        <div className="story__title">
          <h1>{story.summary}</h1>
          <span className={tone === '' ? 'badge story__outcome' : `badge badge--${tone} story__outcome`}>{label}</span>
        </div>
        <div className={`why why--${tone === '' ? 'plain' : tone}`}>
          <p className="why__meaning">{meaning}</p>
          {why !== null && <p>{why}</p>}
          {story.breaches.length > 0 && <BreachTable breaches={story.breaches} />}
        </div>
        <div className="story__foot">
          <dl className="story__facts">
            <div>
              <dt>Order</dt>
              <dd>
                <code>{story.orderId}</code>
              </dd>
            </div>
            <div>
              <dt>Symbol</dt>
              <dd>
                <Link to={`/trade?symbol=${encodeURIComponent(story.symbol)}`}>{story.symbol}</Link>
              </dd>
            </div>
            <div>
              <dt>Recorded events</dt>
              <dd>{story.events.length}</dd>
            </div>
          </dl>
          <CopyButton label="Copy as JSON" text={() => JSON.stringify(story, null, 2)} />
        </div>
      </header>
      <Timeline events={story.events} />
    </section>
  );
}
