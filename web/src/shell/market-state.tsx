import { useLive, useLiveStatus } from '../live/live-context.ts';
import { marketNow } from '../live/live-state.ts';
import { formatMarketDay, formatMarketMinute, formatMarketTime } from '../time/new-york.ts';

/** The market's own clock and whether its regular session is open. In a replay this is the replayed moment. */
export function MarketState() {
  const clock = useLive((state) => state.clock);
  const now = useLive(marketNow);
  const status = useLiveStatus();
  if (status === 'waiting_for_link') return null;
  if (clock === null || now === null) {
    return (
      <span className="market" aria-hidden="true">
        <span className="skeleton market__skeleton" />
      </span>
    );
  }
  if (status !== 'live' && status !== 'connecting') {
    return <span className="badge badge--warn">Prices paused</span>;
  }
  const at = new Date(now);
  const turn = new Date(clock.isOpen ? clock.nextClose : clock.nextOpen);
  const turnDay = formatMarketDay(turn);
  const turnTime = `${formatMarketMinute(turn)}${turnDay === formatMarketDay(at) ? '' : ` ${turnDay}`}`;
  return (
    <span className="market">
      <span className={clock.isOpen ? 'market__dot market__dot--open' : 'market__dot'} aria-hidden="true" />
      <span>
        Market <b>{clock.isOpen ? 'open' : 'closed'}</b>
        <span className="market__turn">
          {clock.isOpen ? ' until ' : ', opens '}
          {turnTime}
        </span>
      </span>
      <time className="market__time" dateTime={now} title={`${formatMarketDay(at)}, New York time`}>
        <span className="market__day">{formatMarketDay(at)} </span>
        {formatMarketTime(at)} ET
      </time>
    </span>
  );
}
