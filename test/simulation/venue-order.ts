/** The orders and accounts of the model broker, and how the product's adapter would read them. */
import type { BrokerOrder } from '../../src/application/ports/broker.ts';
import type { Execution, OrderTerms, OrderTicket } from '../../src/domain/order/events.ts';
import type { Cents, Thousandths } from './amounts.ts';
import { dollarsText, sharesText } from './amounts.ts';

export type VenueStatus =
  | 'pending_new'
  | 'held'
  | 'new'
  | 'partially_filled'
  | 'pending_cancel'
  | 'pending_replace'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced';

export interface VenueExecution {
  readonly id: string;
  /** Under which the account's activities have it. */
  readonly activityId: string;
  readonly shares: Thousandths;
  readonly price: Cents;
  readonly cumulative: Thousandths;
  readonly at: string;
  /** Since when the account's activities show it. */
  readonly shownFrom: number;
  /** What counts of it now, and how it is called now. */
  standing: { readonly name: string; readonly shares: Thousandths; readonly price: Cents };
}

export interface VenueOrder {
  readonly id: string;
  readonly clientOrderId: string;
  readonly account: VenueAccount;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: OrderTicket['type'];
  readonly terms: OrderTerms;
  readonly trailPrice: string | null;
  readonly extendedHours: boolean;
  readonly replaces: string | null;
  readonly parent: VenueOrder | null;
  readonly receivedAt: number;
  /** Since when look-ups by client order id, and lists, show it. */
  readonly shownFrom: number;
  status: VenueStatus;
  /** What a refused cancel or replacement falls back to. */
  statusBefore: VenueStatus;
  replacedBy: string | null;
  filled: Thousandths;
  updatedAt: string;
  endedAt: string | null;
  legs: VenueOrder[];
  readonly executions: VenueExecution[];
}

export interface VenueAccount {
  readonly id: string;
  readonly orders: VenueOrder[];
  readonly byId: Map<string, VenueOrder>;
  /** Its owner has let us go: nothing more happens to it. */
  left: boolean;
  /** Symbols in which executions were undone or changed. */
  readonly amended: Set<string>;
  readonly positions: Map<string, { shares: Thousandths; cost: number }>;
}

const OPEN: readonly VenueStatus[] = [
  'pending_new',
  'held',
  'new',
  'partially_filled',
  'pending_cancel',
  'pending_replace',
];
export const isOpen = (order: VenueOrder): boolean => OPEN.includes(order.status);

/** The update stream and the account's records call an execution differently. */
export const toExecution = (
  order: VenueOrder,
  execution: VenueExecution,
  named: Pick<Execution, 'executionId' | 'recordId'>,
): Execution => ({
  brokerOrderId: order.id,
  ...named,
  quantity: sharesText(execution.shares),
  price: dollarsText(execution.price),
  cumulativeQuantity: sharesText(execution.cumulative),
  executedAt: execution.at,
});

/** As the adapter reads the broker's order: see its table of statuses. */
export function toBrokerOrder(order: VenueOrder): BrokerOrder {
  return {
    brokerOrderId: order.id,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    terms: order.terms,
    trailPrice: order.trailPrice,
    extendedHours: order.extendedHours,
    status: reportedStatus(order),
    underWay: order.status === 'pending_cancel' ? 'cancel' : order.status === 'pending_replace' ? 'replace' : null,
    filledQuantity: sharesText(order.filled),
    replacedBy: order.replacedBy,
    replaces: order.replaces,
    legs: order.legs.map(toBrokerOrder),
    updatedAt: order.updatedAt,
  };
}

function reportedStatus({ status, replaces }: VenueOrder): BrokerOrder['status'] {
  switch (status) {
    case 'pending_new':
    case 'held':
      return 'pending';
    case 'pending_cancel':
    case 'pending_replace':
      return replaces === null ? 'open' : 'pending';
    case 'new':
    case 'partially_filled':
      return 'open';
    case 'canceled':
      return 'cancelled';
    case 'filled':
    case 'expired':
    case 'rejected':
    case 'replaced':
      return status;
  }
}
