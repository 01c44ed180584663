import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  LineStyle,
  TickMarkType,
  type IPriceLine,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Bar, Timeframe } from '../../../../contracts/market.ts';
import { toWallSeconds } from '../../time/new-york.ts';
import type { BarSeries } from './bar-series.ts';
import type { FillMarker } from './fill-markers.ts';
import type { Palette } from './palette.ts';

/** A level of the trader's own: a working order's price or a position's average. */
export interface PriceLevel {
  price: number;
  title: string;
  tone: 'buy' | 'sell' | 'position';
}

export interface ChartView {
  /** Shows a series; `fit` also moves to its newest bars. */
  show: (series: BarSeries, fit: boolean) => void;
  setMarkers: (markers: readonly FillMarker[]) => void;
  setLevels: (levels: readonly PriceLevel[]) => void;
  setPalette: (palette: Palette) => void;
  destroy: () => void;
}

export interface ChartEvents {
  /** The bar under the crosshair; null when there is none. */
  onHover: (bar: Bar | null) => void;
  /** The trader looks at the oldest bars. */
  onOldest: () => void;
}

const BARS_IN_VIEW = 120;
const OLDEST_MARGIN = 40;

const asDate = (time: Time): Date => new Date(Number(time) * 1000);
const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', hourCycle: 'h23', ...options });
const TICKS: Record<TickMarkType, Intl.DateTimeFormat> = {
  [TickMarkType.Year]: format({ year: 'numeric' }),
  [TickMarkType.Month]: format({ month: 'short' }),
  [TickMarkType.DayOfMonth]: format({ month: 'short', day: 'numeric' }),
  [TickMarkType.Time]: format({ hour: '2-digit', minute: '2-digit' }),
  [TickMarkType.TimeWithSeconds]: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
};
const DAY = format({ weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' });
const MINUTE = format({ weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

const wall = (utcSeconds: number): UTCTimestamp => toWallSeconds(utcSeconds) as UTCTimestamp;

/** Draws candles, volume, fills and levels into an element. Times on its axis are New York wall times. */
export function createChartView(host: HTMLElement, first: Palette, events: ChartEvents): ChartView {
  let palette = first;
  let shown: readonly Bar[] = [];
  let timeframe: Timeframe = '1Min';
  let lines: IPriceLine[] = [];
  let markersNow: readonly FillMarker[] = [];
  let levelsNow: readonly PriceLevel[] = [];

  const chart = createChart(host, {
    autoSize: true,
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: {
      borderVisible: false,
      rightOffset: 6,
      timeVisible: true,
      tickMarkFormatter: (time: Time, type: TickMarkType) => TICKS[type].format(asDate(time)),
    },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.22 } },
    localization: { timeFormatter: (time: Time) => (timeframe === '1Day' ? DAY : MINUTE).format(asDate(time)) },
  });
  const candles = chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineStyle: LineStyle.Dotted });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: '',
    priceFormat: { type: 'volume' },
    priceLineVisible: false,
    lastValueVisible: false,
  });
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  const markers = createSeriesMarkers<Time>(candles, []);

  const candleOf = (bar: Bar) => ({ ...bar, time: wall(bar.time) });
  const volumeOf = (bar: Bar) => ({
    time: wall(bar.time),
    value: bar.volume,
    color: bar.close >= bar.open ? palette.volumeUp : palette.volumeDown,
  });

  function drawMarkers(): void {
    const from = shown[0]?.time ?? 0;
    markers.setMarkers(
      markersNow
        .filter((marker) => marker.time >= from)
        .map((marker) => ({
          time: wall(marker.time),
          position: marker.side === 'buy' ? 'belowBar' : 'aboveBar',
          shape: marker.side === 'buy' ? 'arrowUp' : 'arrowDown',
          color: marker.side === 'buy' ? palette.up : palette.down,
          text: marker.text,
        })),
    );
  }

  function drawLevels(): void {
    for (const line of lines) candles.removePriceLine(line);
    const colors = { buy: palette.up, sell: palette.down, position: palette.neutral };
    lines = levelsNow.map((level) =>
      candles.createPriceLine({
        price: level.price,
        title: level.title,
        color: colors[level.tone],
        lineWidth: 1,
        lineStyle: level.tone === 'position' ? LineStyle.Solid : LineStyle.Dashed,
        axisLabelVisible: true,
      }),
    );
  }

  function setPalette(next: Palette): void {
    palette = next;
    chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: palette.surface },
        textColor: palette.text,
        fontFamily: palette.font,
        fontSize: 11,
      },
      grid: { vertLines: { color: palette.grid }, horzLines: { color: palette.grid } },
      crosshair: {
        vertLine: { color: palette.neutral, labelBackgroundColor: palette.neutral },
        horzLine: { color: palette.neutral, labelBackgroundColor: palette.neutral },
      },
    });
    candles.applyOptions({
      upColor: palette.candleUp,
      downColor: palette.candleDown,
      wickUpColor: palette.candleUp,
      wickDownColor: palette.candleDown,
    });
    volume.setData(shown.map(volumeOf));
    drawMarkers();
    drawLevels();
  }

  /** Only the last bar or one new bar differs: the usual case while the market moves. */
  function onlyTipChanged(next: readonly Bar[]): boolean {
    const grown = next.length - shown.length;
    return (
      shown.length > 0 &&
      (grown === 0 || grown === 1) &&
      next[0] === shown[0] &&
      next[shown.length - 2] === shown.at(-2)
    );
  }

  chart.subscribeCrosshairMove((move) => {
    const index = move.logical;
    events.onHover(index === undefined || move.point === undefined ? null : (shown[Math.round(index)] ?? null));
  });
  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range !== null && shown.length > 0 && range.from < OLDEST_MARGIN) events.onOldest();
  });
  setPalette(first);

  return {
    show(series, fit) {
      const tip = series.bars.at(-1);
      if (!fit && tip !== undefined && onlyTipChanged(series.bars)) {
        const before = shown.at(-1);
        const previous = series.bars[shown.length - 1];
        if (previous !== undefined && previous !== tip && previous !== before) {
          candles.update(candleOf(previous));
          volume.update(volumeOf(previous));
        }
        shown = series.bars;
        candles.update(candleOf(tip));
        volume.update(volumeOf(tip));
        return;
      }
      timeframe = series.timeframe;
      shown = series.bars;
      const places = tip !== undefined && tip.close < 1 ? 4 : 2;
      candles.applyOptions({ priceFormat: { type: 'price', precision: places, minMove: 10 ** -places } });
      chart.applyOptions({ timeScale: { timeVisible: timeframe !== '1Day' } });
      candles.setData(shown.map(candleOf));
      volume.setData(shown.map(volumeOf));
      drawMarkers();
      if (fit) {
        chart.timeScale().setVisibleLogicalRange({ from: shown.length - BARS_IN_VIEW, to: shown.length + 6 });
        candles.priceScale().applyOptions({ autoScale: true });
      }
    },
    setMarkers(next) {
      markersNow = next;
      drawMarkers();
    },
    setLevels(next) {
      levelsNow = next;
      drawLevels();
    },
    setPalette,
    destroy: () => chart.remove(),
  };
}
