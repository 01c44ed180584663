import { bell, type Random, randomFrom } from '../random.ts';
import { type Bar, makeBar, tickAt } from './bars.ts';
import { MINUTE } from './time.ts';

type Shape = { readonly o: number; readonly h: number; readonly l: number; readonly c: number };

/**
 * A walk of `points` prices that starts at the open, ends at the close, touches the high and the low, and never leaves
 * [low, high]. The same random numbers give the same walk.
 */
export function walkThrough(bar: Shape, points: number, random: Random): number[] {
  const walk = Array.from({ length: points }, () => bar.o);
  if (points === 1) return [bar.c];
  const last = points - 1;
  const lowFirst = random() < (bar.c >= bar.o ? 0.65 : 0.35);
  const inner = last - 1;
  const early = 1 + Math.floor(random() * Math.max(1, Math.floor(inner / 2)));
  const late = Math.min(last - 1, early + 1 + Math.floor(random() * Math.max(1, inner - early)));
  const [first, second] = lowFirst ? [bar.l, bar.h] : [bar.h, bar.l];
  const stops: (readonly [number, number])[] = [[0, bar.o]];
  if (inner >= 2 && first !== bar.o) stops.push([early, first]);
  if (inner >= 2 && second !== bar.c) stops.push([late, second]);
  stops.push([last, bar.c]);
  const noise = (bar.h - bar.l) * 0.9;
  for (let s = 0; s + 1 < stops.length; s++) {
    const [from, to] = [stops[s], stops[s + 1]];
    if (from && to) fillBetween(walk, from, to, noise / Math.sqrt(points), bar, random);
  }
  return walk;
}

function fillBetween(
  walk: number[],
  [i0, p0]: readonly [number, number],
  [i1, p1]: readonly [number, number],
  sigma: number,
  bar: Shape,
  random: Random,
): void {
  const steps = i1 - i0;
  const drift: number[] = [0];
  for (let i = 1; i <= steps; i++) drift.push((drift[i - 1] ?? 0) + bell(random) * sigma);
  const end = drift[steps] ?? 0;
  for (let i = 0; i <= steps; i++) {
    const share = steps === 0 ? 1 : i / steps;
    const raw = p0 + (p1 - p0) * share + (drift[i] ?? 0) - end * share;
    const inside = reflected(raw, bar.l, bar.h);
    const tick = tickAt(inside);
    walk[i0 + i] = Math.min(bar.h, Math.max(bar.l, Math.round(inside / tick) * tick));
  }
  walk[i0] = p0;
  walk[i1] = p1;
}

/** Turned back at the bounds, as by mirrors: a walk that was cut off there instead would lie flat along them. */
function reflected(price: number, low: number, high: number): number {
  const room = high - low;
  if (room === 0) return low;
  const folded = (((price - low) % (2 * room)) + 2 * room) % (2 * room);
  return low + (folded > room ? 2 * room - folded : folded);
}

/** The sixty prices of a minute bar, one a second: the market's price at second k of the minute is element k. */
export function secondsOf(seed: number, symbol: string, bar: Bar): number[] {
  return walkThrough(bar, 60, randomFrom(seed, 'second', symbol, bar.t));
}

/**
 * Minute bars inside a coarser bar, contiguous (each opens where the one before closed), together exactly that bar:
 * same open, high, low, close and volume.
 */
export function minutesInside(seed: number, symbol: string, bar: Bar, start: number, count: number): Bar[] {
  const random = randomFrom(seed, 'minute', symbol, bar.t);
  const edges = walkThrough(bar, count + 1, random);
  const weights = Array.from({ length: count }, () => 0.4 + random() * random() * 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const wick = ((bar.h - bar.l) / Math.sqrt(count)) * 0.5;
  const minutes: Bar[] = [];
  let left = bar.v;
  for (let i = 0; i < count; i++) {
    const [o, c] = [edges[i] ?? bar.o, edges[i + 1] ?? bar.c];
    const share = i === count - 1 ? left : Math.min(left, Math.floor((bar.v * (weights[i] ?? 1)) / total));
    left -= share;
    const tick = tickAt(o);
    const up = Math.round((random() * wick) / tick) * tick;
    const down = Math.round((random() * wick) / tick) * tick;
    const h = count === 1 ? bar.h : Math.min(bar.h, Math.max(o, c) + up);
    const l = count === 1 ? bar.l : Math.max(bar.l, Math.min(o, c) - down);
    minutes.push(makeBar(start + i * MINUTE, o, h, l, c, share));
  }
  return minutes;
}
