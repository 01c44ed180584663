/**
 * A price bar. `t` is the start (milliseconds since 1970); prices are integer millionths of a dollar, so that they are
 * exact as numbers; `v` is shares, `n` trades, `vw` the volume-weighted average price.
 */
export type Bar = {
  readonly t: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly n: number;
  readonly vw: number;
};

/** The smallest price step at a price: a cent from one dollar up, else a hundredth of a cent. */
export function tickAt(micros: number): number {
  return micros >= 1_000_000 ? 10_000 : 100;
}

/** A bar from its five given values; trade count and average are filled in plausibly and stay inside the bar. */
export function makeBar(t: number, o: number, h: number, l: number, c: number, v: number): Bar {
  return { t, o, h, l, c, v, n: Math.max(1, Math.round(v / 120)), vw: Math.round((h + l + 2 * c) / 4) };
}

/** One bar over all of them (which must be in time order), starting at `t`; null when there are none. */
export function mergeBars(t: number, bars: readonly Bar[]): Bar | null {
  const first = bars[0];
  if (!first) return null;
  let { h, l, c } = first;
  let [v, n, weighted] = [0, 0, 0];
  for (const bar of bars) {
    if (bar.h > h) h = bar.h;
    if (bar.l < l) l = bar.l;
    c = bar.c;
    v += bar.v;
    n += bar.n;
    weighted += (bar.vw - first.o) * bar.v;
  }
  const vw = Math.min(h, Math.max(l, v > 0 ? Math.round(first.o + weighted / v) : c));
  return { t, o: first.o, h, l, c, v, n, vw };
}
