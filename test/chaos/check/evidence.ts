/**
 * What is known after a run, from records that know nothing of each other: the product's event store, the broker's
 * ledger, which is keyed by the broker's own ids, what the read models show, and what passed the broker's door.
 */
import { z } from 'zod';
import type { BrokerOrder, BrokerPosition } from '../../../contracts/broker-api.ts';
import type { Comparison } from '../../../src/adapters/postgres/verify.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';

/** As `/control/ledger` of the sandbox gives it. */
const ledgerOrder = z.object({
  id: z.string(),
  client_order_id: z.string(),
  account_id: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  parent_id: z.string().nullable(),
  replaces: z.string().nullable(),
  qty: z.string().nullable(),
  status: z.string(),
  filled_qty: z.string(),
  received_at_real: z.string(),
  ended_at_real: z.string().nullable(),
  /** As they were first made; `busted`: the broker has undone it since. */
  executions: z.array(
    z.object({ execution_id: z.string(), qty: z.string(), price: z.string(), busted: z.boolean().optional() }),
  ),
});
export type LedgerOrder = z.infer<typeof ledgerOrder>;

export const ledgerAnswer = z.object({ orders: z.array(ledgerOrder) });

/** A request to place or change an order as it came to the broker's door, whatever became of it there. */
export interface Arrival {
  /** When it left the product, where that is known; it may have been long on its way. */
  readonly leftAt?: number;
  /** Milliseconds of the wall clock. */
  readonly at: number;
  readonly verb: 'place' | 'change';
  readonly clientOrderId: string;
  /** It was turned away before the broker read it, and the answer said so: it may come again. */
  readonly turnedAway: boolean;
}

export interface BrokerHolding {
  readonly brokerAccountId: string;
  readonly symbol: string;
  readonly quantity: string;
}

/** What the product's own interface shows of one account. */
export interface Shown {
  readonly accountId: string;
  readonly orders: readonly Pick<BrokerOrder, 'id' | 'status' | 'filledQty'>[];
  readonly positions: readonly Pick<BrokerPosition, 'instrument' | 'side' | 'qty'>[];
}

export interface Alarm {
  /** Milliseconds of the wall clock. */
  readonly at: number;
  readonly orderId: string | null;
  readonly message: string;
}

export interface Evidence {
  /** Everything that the event store holds, in its total order. */
  readonly events: readonly RecordedEvent[];
  /** Read before the events: what is in it was intended by then. */
  readonly ledgerBefore: readonly LedgerOrder[];
  /** Read after the events: what they say of the broker is in it. */
  readonly ledger: readonly LedgerOrder[];
  /** How things stood some time ago: what the ledger held must be recorded by now, what was admitted must be on its way. */
  readonly due: { readonly at: number; readonly ledger: readonly LedgerOrder[] };
  /** Orders whose request was answered with success before the events were read. */
  readonly acknowledged: readonly string[];
  /** Orders that were entered at the broker directly, by their client order ids there. */
  readonly enteredElsewhere: ReadonlySet<string>;
  /** What came to the broker's door before the events were read. */
  readonly arrivals: readonly Arrival[];
  /** Requests that the broker itself refused, in its own words, by client order id, whether or not the answer got through. */
  readonly refusals: ReadonlySet<string>;
  readonly alarms: readonly Alarm[];
  /** How long after the limit of a doubt its alarm may come, in milliseconds: a sweep has to find it. Default 10 s. */
  readonly noticeMs?: number;
  /** Attempts to act on the account of another, and their answer when that was a success. */
  readonly trespasses: readonly string[];
  /** Milliseconds of the wall clock at which all this was read. */
  readonly at: number;
  /** Only when all is quiet: what the broker holds, what is shown, and how the read models and the log were verified. */
  readonly quiet: QuietEvidence | null;
}

export interface QuietEvidence {
  readonly holdings: readonly BrokerHolding[];
  readonly shown: readonly Shown[];
  readonly readModels: readonly Comparison[];
  /** Whether orders in doubt were waited for; `left`: those that are young may be in doubt still. */
  readonly doubts: 'waited' | 'left';
  /** What the verification of the log found wrong, in words; null for nothing. */
  readonly logFault: string | null;
}

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12';

export interface Violation {
  readonly invariant: Invariant;
  /** The order, account or stream that it is about. */
  readonly subject: string;
  readonly detail: string;
}
