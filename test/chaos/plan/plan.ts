/** What a run does, all of it drawn from the seed before anything begins: worlds, and in each of them crash after crash. */
import { createHash } from 'node:crypto';
import type { CrashPoint } from '../../../src/application/ports/crash-points.ts';
import type { Weather } from '../tcp-proxy.ts';
import { dice } from './chance.ts';
import { planEpisodes } from './episodes.ts';

/** After so many crashes a world is closed and judged, and a new one begun, so that none has a long past to reconcile. */
export const CRASHES_A_WORLD = 25;

export interface WorldPlan {
  readonly index: number;
  readonly seed: number;
  /** How long the broker remembers the client order ids of finished orders. */
  readonly clientOrderIds: 'forever' | 'active';
  readonly frames: 'binary' | 'text';
  readonly partialFills: number;
  readonly ackMs: number;
  readonly cancelMs: number;
  readonly traders: number;
  readonly episodes: readonly Episode[];
}

/** One life of the product, and its end. */
export interface Episode {
  readonly crash: Crash;
  /** What happens while it lives, by milliseconds since it has recovered. */
  readonly alive: readonly Timed[];
  /** What happens while it is dead, one after another. */
  readonly dead: readonly Act[];
  readonly deadMs: number;
  /** When the database is killed, too; null for never. */
  readonly databaseKilledMs: number | null;
  readonly weather: { readonly link: 'broker' | 'database'; readonly fromMs: number; readonly weather: Weather } | null;
}

export type Crash =
  /** At the `pass`-th time that it passes a point; if it never does, in the end. */
  | { readonly kind: 'point'; readonly point: CrashPoint; readonly pass: number }
  /** So many milliseconds after it has recovered. */
  | { readonly kind: 'moment'; readonly afterMs: number }
  /** So many milliseconds after it was started, ready or not. */
  | { readonly kind: 'start'; readonly afterMs: number };

export interface Timed {
  readonly at: number;
  readonly act: Act;
}

export interface PlannedOrder {
  /** Counts the orders of the world. */
  readonly order: number;
  readonly trader: number;
  /** Tries again after a failure, with the same request id; others give up. */
  readonly patient: boolean;
  readonly form: Readonly<Record<string, string>>;
}

export type Act =
  | { readonly do: 'place'; readonly what: PlannedOrder }
  | { readonly do: 'cancel'; readonly order: number }
  | { readonly do: 'replace'; readonly order: number; readonly qty: string; readonly limitPrice: string }
  /** A trader tries to cancel, change or read the order of another, or to place one on the account of another. */
  | {
      readonly do: 'trespass';
      readonly trader: number;
      readonly order: number;
      readonly how: 'cancel' | 'replace' | 'place';
    }
  /** The market moves. */
  | { readonly do: 'price'; readonly symbol: string; readonly price: string }
  /** The broker executes a share of an order; `late`: although it has ended. */
  | { readonly do: 'fill'; readonly order: number; readonly share: number; readonly late: boolean }
  | { readonly do: 'hold'; readonly on: boolean }
  /** A trader enters an order at the broker directly. */
  | {
      readonly do: 'elsewhere';
      readonly trader: number;
      readonly number: number;
      readonly symbol: string;
      readonly qty: string;
    };

export function planWorld(seed: number, index: number, crashes: number): WorldPlan {
  const die = dice(seed, 'world', index);
  return {
    index,
    seed: die.whole(1, 2 ** 31),
    clientOrderIds: index % 2 === 0 ? 'forever' : 'active',
    frames: die.oneOf(['binary', 'text']),
    partialFills: die.oneOf([0, 0.3]),
    ackMs: die.oneOf([5, 20, 60]),
    cancelMs: die.oneOf([5, 20, 120]),
    ...planEpisodes(seed, index, crashes),
  };
}

/** The worlds of a run with so many crashes. A world is the same in every run that is long enough. */
export function planRun(seed: number, crashes: number): readonly WorldPlan[] {
  const worlds: WorldPlan[] = [];
  for (let left = crashes; left > 0; left -= CRASHES_A_WORLD)
    worlds.push(planWorld(seed, worlds.length, Math.min(left, CRASHES_A_WORLD)));
  return worlds;
}

/** The same for the same plan: sixteen hexadecimal digits. */
export const digestOf = (plan: readonly WorldPlan[]): string =>
  createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);
