import { useEffect } from 'react';
import { Link, useParams } from 'react-router';
import { describeFailure, ApiFailure } from '../api/failure.ts';
import { getStory } from '../api/tradsy-api.ts';
import { useLive } from '../live/live-context.ts';
import { Icon } from '../ui/icon.tsx';
import { useLoad } from '../ui/use-load.ts';
import { StoryView } from './story-view.tsx';
import './story.css';

function StorySkeleton() {
  return (
    <div className="story__skeleton" role="status">
      <span className="visually-hidden">Loading the order story</span>
      <span className="skeleton story__skeleton-title" />
      <span className="skeleton story__skeleton-line" />
      <span className="skeleton story__skeleton-block" />
    </div>
  );
}

export function StoryPage() {
  const { orderId = '' } = useParams();
  const { loaded, reload } = useLoad(orderId, (signal) => getStory(orderId, signal));
  const live = useLive((state) => state.orders[orderId]);

  // The stream speaks of the order: its story has grown.
  useEffect(() => {
    if (live !== undefined) reload();
  }, [live, reload]);

  const missing =
    loaded.status === 'failed' && loaded.failure instanceof ApiFailure && loaded.failure.problem?.status === 404;
  return (
    <main className="story" id="content">
      <title>Order story · Tradsy</title>
      <Link className="story__back" to="/trade">
        <Icon name="arrowLeft" size={14} /> Trade
      </Link>
      {loaded.status === 'loading' && <StorySkeleton />}
      {loaded.status === 'failed' && (
        <div className="empty story__failed" role="alert">
          <h1 className="empty__title">{missing ? 'There is no such order' : 'The story could not be loaded'}</h1>
          <p>{missing ? 'It may belong to another account.' : describeFailure(loaded.failure)}</p>
          {!missing && (
            <button type="button" className="button" onClick={reload}>
              Try again
            </button>
          )}
        </div>
      )}
      {loaded.status === 'ready' && <StoryView story={loaded.value} />}
    </main>
  );
}
