/** The shape of a plan: worlds, the lives of the product in them, and what happens in each. */
import type { CrashPoint } from '../../../src/application/ports/crash-points.ts';
import type { Weather } from '../tcp-proxy.ts';

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
  /** A trader stops the own account, and goes on in the next life of the product. */
  | { readonly do: 'halt' | 'resume'; readonly trader: number }
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
