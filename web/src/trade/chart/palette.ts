/** The chart's colours as plain values: it draws on a canvas, which knows no custom properties. */
export interface Palette {
  surface: string;
  text: string;
  grid: string;
  line: string;
  accent: string;
  candleUp: string;
  candleDown: string;
  volumeUp: string;
  volumeDown: string;
  up: string;
  down: string;
  neutral: string;
  font: string;
}

/** Reads the tokens as they apply to an element now. */
export function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  host.append(probe);
  const color = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    surface: color('surface'),
    text: color('text-3'),
    grid: color('grid'),
    line: color('line'),
    accent: color('accent'),
    candleUp: color('candle-up'),
    candleDown: color('candle-down'),
    volumeUp: color('volume-up'),
    volumeDown: color('volume-down'),
    up: color('up'),
    down: color('down'),
    neutral: color('line-strong'),
    font: getComputedStyle(host).fontFamily,
  };
  probe.remove();
  return palette;
}
