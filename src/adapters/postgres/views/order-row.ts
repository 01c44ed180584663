/** The row of an order in the read model, and what each of its events makes of it. */
import type { Money } from '../../../domain/kernel/decimal.ts';
import { minus, money, plus, price, quantity, toText, value } from '../../../domain/kernel/decimal.ts';
import type {
  Counted,
  OrderEvent,
  OrderTerms,
  OrderTicket,
  ProtectionMissing,
  Recount,
} from '../../../domain/order/events.ts';
import type { OrderStatus } from '../../../domain/order/state.ts';
import { isFinalStatus } from '../../../domain/order/state.ts';
import type { Breach } from '../../../domain/risk-policy/events.ts';

/** `admitted`: not placed yet. `denied`: never will be. The others are the order's own. */
export type RowStatus = 'admitted' | 'denied' | OrderStatus;

/** As in the table `orders`. Decimals are text. */
export interface OrderRow {
  readonly order_id: string;
  readonly account_id: string;
  readonly parent_order_id: string | null;
  readonly symbol: string;
  readonly side: OrderTicket['side'];
  readonly type: OrderTicket['type'];
  readonly quantity: string;
  readonly limit_price: string | null;
  readonly stop_price: string | null;
  readonly trail_price: string | null;
  readonly time_in_force: OrderTicket['timeInForce'];
  /** It was placed with a take profit and a stop loss. */
  readonly bracket: boolean;
  /** Which change of it is in force; 0 for none. */
  readonly replacement: number;
  /** What is wrong with the protection of what it bought or sold; null when nothing is known to be. */
  readonly unprotected: ProtectionMissing['data'] | null;
  readonly status: RowStatus;
  readonly filled_quantity: string;
  readonly filled_value: string;
  readonly reason: string | null;
  readonly breaches: readonly Breach[] | null;
  readonly changed_at: Date;
  readonly ended_at: Date | null;
  readonly revision: number;
}

/** Where an event stands: its revision in the order's own stream, and when it was recorded. */
interface Recorded {
  readonly revision: number;
  readonly at: Date;
}

/** The row of an order that the risk engine has answered and that has no event of its own yet. */
export function answeredRow(ticket: OrderTicket, at: Date, breaches: readonly Breach[] | null): OrderRow {
  const row = beginRow(ticket, null, 'admitted', { revision: -1, at });
  return breaches === null ? row : { ...row, status: 'denied', breaches, ended_at: at };
}

/** The row after one more event of the order's own stream. Throws when an order begins with an event that can not be its first. */
export function nextRow(row: OrderRow | null, event: OrderEvent, recorded: Recorded): OrderRow {
  if (event.type === 'OrderPlaced') return beginRow(event.data.ticket, null, 'placed', recorded);
  if (event.type === 'OrderObserved') {
    return beginRow(event.data.ticket, event.data.parentOrderId, 'working', recorded);
  }
  if (event.type === 'OrderRecovered') return beginRow(event.data.ticket, null, 'working', recorded);
  if (row === null) throw new Error(`an order can not begin with ${event.type}`);
  const now: OrderRow = { ...row, revision: recorded.revision, changed_at: recorded.at };
  switch (event.type) {
    case 'SubmissionDelayed':
      return { ...now, reason: event.data.reason };
    case 'SubmissionClaimed':
      return turned(now, 'claimed', null);
    case 'SubmissionFailed':
      return turned(now, 'placed', event.data.reason);
    case 'SubmissionUnconfirmed':
      return turned(now, 'unconfirmed', event.data.reason);
    case 'OrderAcknowledged':
      return turned(now, 'working', null);
    case 'OrderRejected':
      return turned(now, 'rejected', event.data.reason);
    case 'OrderNotSent':
      return turned(now, 'not_sent', event.data.reason);
    case 'OrderNotReceived':
      return turned(now, 'not_received', event.data.reason);
    case 'OrderPartiallyFilled':
      return executed(now, event.data.counted);
    case 'OrderFilled': {
      const filled = executed(now, event.data.counted);
      return filled.ended_at === null ? turned(filled, 'filled', null) : filled;
    }
    case 'OrderCancelled':
      return turned(now, 'cancelled', event.data.reason);
    case 'OrderExpired':
      return turned(now, 'expired', null);
    case 'OrderCompleted':
      return turned(now, 'filled', null);
    case 'OrderReplaced': {
      const { revision, terms } = event.data;
      // An older change that is learnt of late says nothing about the terms in force.
      if (revision < row.replacement) return now;
      return turned({ ...now, ...termsOf(terms), replacement: revision }, 'working', null);
    }
    case 'CancelRequested':
    case 'ReplaceRequested':
      return { ...now, reason: null };
    case 'CancelRefused':
    case 'ReplaceRefused':
      return { ...now, reason: event.data.reason };
    case 'BracketLinked':
      return { ...now, parent_order_id: event.data.parentOrderId };
    case 'ExecutionBusted':
    case 'ExecutionCorrected':
    case 'ExecutionIdentified':
      return recounted(now, event.data.recount);
    case 'ChainExceeded':
      return { ...now, reason: 'A part was filled while the order was changed: what is left of it is cancelled.' };
    case 'OrderRestated':
      return { ...now, quantity: event.data.quantity };
    case 'ProtectionMissing':
      return { ...now, unprotected: event.data };
    case 'ProtectionRestored':
      return { ...now, unprotected: null };
    case 'BrokerMessageRecorded':
    case 'ExecutionHeldBack':
    case 'ExecutionsConfirmed':
    case 'ExitLinked':
    case 'ExitActivated':
      return now;
  }
}

function beginRow(ticket: OrderTicket, parent: string | null, status: RowStatus, { revision, at }: Recorded): OrderRow {
  return {
    order_id: ticket.orderId,
    account_id: ticket.accountId,
    parent_order_id: parent,
    symbol: ticket.symbol,
    side: ticket.side,
    type: ticket.type,
    trail_price: ticket.trailPrice,
    ...termsOf(ticket),
    bracket: ticket.takeProfit !== null && ticket.stopLoss !== null,
    replacement: 0,
    unprotected: null,
    status,
    filled_quantity: '0',
    filled_value: '0',
    reason: null,
    breaches: null,
    changed_at: at,
    ended_at: null,
    revision,
  };
}

const termsOf = (terms: OrderTerms): Pick<OrderRow, 'quantity' | 'limit_price' | 'stop_price' | 'time_in_force'> => ({
  quantity: terms.quantity,
  limit_price: terms.limitPrice,
  stop_price: terms.stopPrice,
  time_in_force: terms.timeInForce,
});

const turned = (row: OrderRow, status: OrderStatus, reason: string | null): OrderRow => ({
  ...row,
  status,
  reason,
  ended_at: isFinalStatus(status) ? row.changed_at : null,
});

const worth = ({ quantity: shares, price: each }: Counted): Money => value(price(each), quantity(shares));

const executed = (row: OrderRow, counted: Counted): OrderRow => ({
  ...row,
  filled_quantity: toText(plus(quantity(row.filled_quantity), quantity(counted.quantity))),
  filled_value: toText(plus(money(row.filled_value), worth(counted))),
});

/** With another amount of an execution that counts. */
function recounted(row: OrderRow, recount: Recount | null): OrderRow {
  if (recount === null) return row;
  const { before, after } = recount;
  return executed(
    {
      ...row,
      filled_quantity: toText(minus(quantity(row.filled_quantity), quantity(before.quantity))),
      filled_value: toText(minus(money(row.filled_value), worth(before))),
    },
    after,
  );
}
