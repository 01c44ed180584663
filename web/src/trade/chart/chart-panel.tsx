import { useEffect, useMemo, useRef, useState } from 'react';
import type { Bar, Timeframe } from '../../../../contracts/market.ts';
import { useLive } from '../../live/live-context.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { useShortcut } from '../../ui/shortcuts.ts';
import { useShownTheme } from '../../ui/theme.ts';
import { createChartView, type ChartView } from './chart-view.ts';
import { fillMarkers } from './fill-markers.ts';
import { OhlcLegend } from './ohlc-legend.tsx';
import { readPalette } from './palette.ts';
import { SymbolQuote } from './symbol-quote.tsx';
import { useBars } from './use-bars.ts';
import { levelsOf } from './levels.ts';
import './chart.css';

const TIMEFRAMES: readonly { value: Timeframe; label: string; title: string }[] = [
  { value: '1Min', label: '1m', title: 'Minutes' },
  { value: '5Min', label: '5m', title: '5 minutes' },
  { value: '15Min', label: '15m', title: '15 minutes' },
  { value: '1Hour', label: '1h', title: 'Hours' },
  { value: '1Day', label: '1D', title: 'Days' },
];

export function ChartPanel({ symbol }: { symbol: string }) {
  const [timeframe, setTimeframe] = useState<Timeframe>('1Min');
  const [hovered, setHovered] = useState<Bar | null>(null);
  const hostRef = useRef<HTMLDivElement>(null);
  const viewRef = useRef<ChartView | null>(null);
  const shownKey = useRef('');
  const theme = useShownTheme();
  const { state, loadOlder, reload } = useBars(symbol, timeframe);
  const executions = useLive((live) => live.executions);
  const orders = useLive((live) => live.orders);
  const positions = useLive((live) => live.positions);

  const loadOlderRef = useRef(loadOlder);
  useEffect(() => {
    loadOlderRef.current = loadOlder;
  });

  useEffect(() => {
    const host = hostRef.current;
    if (host === null) return;
    const view = createChartView(host, readPalette(host), {
      onHover: setHovered,
      onOldest: () => loadOlderRef.current(),
    });
    viewRef.current = view;
    shownKey.current = '';
    return () => {
      viewRef.current = null;
      view.destroy();
    };
  }, []);

  useEffect(() => {
    if (hostRef.current !== null) viewRef.current?.setPalette(readPalette(hostRef.current));
  }, [theme]);

  useEffect(() => {
    if (state.status !== 'ready') return;
    viewRef.current?.show(state.series, shownKey.current !== state.key);
    shownKey.current = state.key;
  }, [state]);

  const markers = useMemo(
    () =>
      fillMarkers(
        Object.values(executions).filter((execution) => execution.instrument === symbol),
        timeframe,
      ),
    [executions, symbol, timeframe],
  );
  useEffect(() => viewRef.current?.setMarkers(markers), [markers]);

  const levels = useMemo(() => levelsOf(symbol, orders, positions), [symbol, orders, positions]);
  useEffect(() => viewRef.current?.setLevels(levels), [levels]);

  useShortcut('1', () => setTimeframe('1Min'));
  useShortcut('2', () => setTimeframe('5Min'));
  useShortcut('3', () => setTimeframe('15Min'));
  useShortcut('4', () => setTimeframe('1Hour'));
  useShortcut('5', () => setTimeframe('1Day'));

  const bars = state.status === 'ready' ? state.series.bars : [];
  const label = TIMEFRAMES.find((each) => each.value === timeframe)?.title ?? timeframe;
  return (
    <section className="chart" aria-label="Chart">
      <div className="chart__head">
        <SymbolQuote symbol={symbol} />
        <Segmented legend="Timeframe" options={TIMEFRAMES} value={timeframe} onChange={setTimeframe} />
      </div>
      <div className="chart__body">
        <OhlcLegend bar={hovered ?? bars.at(-1) ?? null} timeframe={timeframe} />
        <div
          ref={hostRef}
          className="chart__canvas"
          role="figure"
          aria-label={`${symbol} candles, ${label}, New York time. Your own fills are marked with arrows.`}
        />
        {state.status === 'loading' && (
          <div className="chart__cover" role="status">
            <span className="visually-hidden">Loading bars</span>
            <span className="skeleton chart__skeleton" />
          </div>
        )}
        {state.status === 'failed' && (
          <div className="chart__cover empty" role="alert">
            <p className="empty__title">The bars could not be loaded</p>
            <p>{state.reason}</p>
            <button type="button" className="button" onClick={reload}>
              Try again
            </button>
          </div>
        )}
        {state.status === 'ready' && bars.length === 0 && (
          <div className="chart__cover empty">
            <p className="empty__title">No bars of {symbol} yet</p>
          </div>
        )}
      </div>
    </section>
  );
}
