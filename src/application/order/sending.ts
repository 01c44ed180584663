/** What everything that sends to the broker works with, and what can come of sending an order. */
import type { ReportRevoked } from '../account/link-broker.ts';
import type { Aggregates } from '../aggregates.ts';
import type { LinkedAccounts, OrderEntry, OrderRecords } from '../ports/broker.ts';
import type { Ids } from '../ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import type { HaltLookNeeds } from '../risk-policy/last-look.ts';
import type { WatchDoubt } from './doubt-watch.ts';
import type { Gates } from './gates.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';

export interface SubmitOrderNeeds extends HaltLookNeeds {
  readonly aggregates: Aggregates;
  readonly broker: OrderEntry & OrderRecords;
  readonly linked: LinkedAccounts;
  readonly gates: Gates;
  readonly ids: Ids;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly reportRevoked: ReportRevoked;
  readonly watchDoubt: WatchDoubt;
  readonly pass: PassCrashPoint;
  /** A signal that ends with `parent`, or when asked to. */
  readonly childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void };
}

/**
 * `again`: it was not sent, and may be tried again after so many milliseconds. `doubt`: it must be looked up; after so many
 * milliseconds that could end the doubt, where that is known.
 */
export type Submitted =
  | { readonly kind: 'settled' }
  | { readonly kind: 'doubt'; readonly afterMs?: number }
  | { readonly kind: 'again'; readonly afterMs: number };
