import type { StoryEvent } from '../../../contracts/story.ts';
import { ACTORS, localTime, sinceBefore, utcTime } from './story-words.ts';
import './timeline.css';

const dayOf = (event: StoryEvent): string =>
  new Date(event.at).toLocaleDateString(undefined, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });

function TimelineEvent({ event, before }: { event: StoryEvent; before: StoryEvent | undefined }) {
  const newDay = before === undefined || dayOf(before) !== dayOf(event);
  return (
    <li className={`event event--${event.actor.kind}`}>
      {newDay && <p className="event__day">{dayOf(event)}</p>}
      <time className="event__time" dateTime={event.at} title={utcTime(event.at)}>
        {localTime(event.at)}
        <span className="event__since">{before === undefined ? '' : sinceBefore(before.at, event.at)}</span>
      </time>
      <div className="event__body">
        <p className="event__sentence">{event.sentence}</p>
        <p className="event__meta">
          <span className="event__actor">{ACTORS[event.actor.kind]}</span>
          <span>{event.type}</span>
        </p>
        <details className="event__details">
          <summary>
            Recorded data<span className="visually-hidden"> of {event.type}</span>
          </summary>
          <dl className="event__facts">
            <div>
              <dt>At</dt>
              <dd>{utcTime(event.at)}</dd>
            </div>
            <div>
              <dt>Stream</dt>
              <dd>
                {event.stream} @ {event.revision}
              </dd>
            </div>
            <div>
              <dt>Event</dt>
              <dd>{event.id}</dd>
            </div>
            <div>
              <dt>Actor</dt>
              <dd>
                {event.actor.kind} {event.actor.id}
              </dd>
            </div>
            <div>
              <dt>Correlation</dt>
              <dd>{event.correlationId}</dd>
            </div>
            <div>
              <dt>Caused by</dt>
              <dd>{event.causationId ?? '–'}</dd>
            </div>
          </dl>
          {/* A region that scrolls must be reachable by keyboard. */}
          <pre className="event__data" tabIndex={0} aria-label={`Data of ${event.type}`} role="region">
            {JSON.stringify(event.data, null, 2)}
          </pre>
        </details>
      </div>
    </li>
  );
}

/** Every recorded event of the order, first to last. Times are the reader's own; UTC stands in the title and the data. */
export function Timeline({ events }: { events: readonly StoryEvent[] }) {
  return (
    <ol className="timeline" aria-label="Events">
      {events.map((event, index) => (
        <TimelineEvent key={event.id} event={event} before={events[index - 1]} />
      ))}
    </ol>
  );
}
