import { useCallback, useEffect, useRef, useState } from 'react';
import type { Timeframe } from '../../../../contracts/market.ts';
import { describeFailure } from '../../api/failure.ts';
import { getBars } from '../../api/tradsy-api.ts';
import { useLive } from '../../live/live-context.ts';
import { seriesOf, withMinute, withNewest, withOlder, type BarSeries } from './bar-series.ts';

const FIRST_PAGE = 500;
const OLDER_PAGE = 1000;
/** Enough to bridge what a lost connection missed; a longer gap is read from the newest end. */
const BRIDGE = 300;

export type BarsState =
  { status: 'loading' } | { status: 'ready'; series: BarSeries; key: string } | { status: 'failed'; reason: string };

/** Bars of a symbol and timeframe: the newest page, older ones on demand, and the live minute on top. */
export function useBars(symbol: string, timeframe: Timeframe) {
  const key = `${symbol} ${timeframe}`;
  const [state, setState] = useState<BarsState>({ status: 'loading' });
  const [turn, setTurn] = useState(0);
  const epoch = useLive((live) => live.epoch);
  const minute = useLive((live) => live.bars[symbol]);
  const older = useRef<{ key: string; busy: boolean; ended: boolean }>({ key: '', busy: false, ended: false });

  useEffect(() => {
    if (symbol === '') return;
    const controller = new AbortController();
    older.current = { key, busy: false, ended: false };
    setState({ status: 'loading' });
    getBars({ symbol, timeframe, limit: FIRST_PAGE }, controller.signal).then(
      ({ bars }) => setState({ status: 'ready', series: seriesOf(timeframe, bars), key }),
      (thrown: unknown) => {
        if (!controller.signal.aborted) setState({ status: 'failed', reason: describeFailure(thrown) });
      },
    );
    return () => controller.abort();
  }, [key, symbol, timeframe, turn]);

  useEffect(() => {
    // The first connection needs no bridge: the first page is as new as it.
    if (epoch < 2 || symbol === '') return;
    const controller = new AbortController();
    getBars({ symbol, timeframe, limit: BRIDGE }, controller.signal).then(
      ({ bars }) =>
        setState((now) =>
          now.status === 'ready' && now.key === key ? { ...now, series: withNewest(now.series, bars) } : now,
        ),
      // The chart goes on with the live bars; the next connection tries again.
      () => undefined,
    );
    return () => controller.abort();
  }, [epoch, key, symbol, timeframe]);

  useEffect(() => {
    if (minute === undefined) return;
    setState((now) =>
      now.status === 'ready' && now.key === key ? { ...now, series: withMinute(now.series, minute) } : now,
    );
  }, [minute, key, state.status]);

  const first = state.status === 'ready' && state.key === key ? state.series.bars[0]?.time : undefined;
  const loadOlder = useCallback(() => {
    const paging = older.current;
    if (first === undefined || paging.key !== key || paging.busy || paging.ended) return;
    paging.busy = true;
    getBars({ symbol, timeframe, limit: OLDER_PAGE, before: first }, new AbortController().signal)
      .then(({ bars }) => {
        paging.ended = bars.length === 0;
        setState((now) =>
          now.status === 'ready' && now.key === key ? { ...now, series: withOlder(now.series, bars) } : now,
        );
      })
      // Scrolling on asks again.
      .catch(() => undefined)
      .finally(() => {
        paging.busy = false;
      });
  }, [first, key, symbol, timeframe]);

  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const current: BarsState = state.status === 'ready' && state.key !== key ? { status: 'loading' } : state;
  return { state: current, loadOlder, reload };
}
