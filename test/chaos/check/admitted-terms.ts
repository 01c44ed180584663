/** I8, of what arrived: it is for the account, the symbol, the side and the quantity that were admitted. */
import { quantity } from '../../../src/domain/kernel/decimal.ts';
import type { OrderTicket } from '../../../src/domain/order/events.ts';
import type { OrderAdmitted, ReplacementAdmitted } from '../../../src/domain/risk-policy/events.ts';
import type { Evidence, Violation } from './evidence.ts';
import { sentOrders } from './sent-orders.ts';
import type { SentOrder } from './sent-orders.ts';
import type { AccountRecord, Record } from './record.ts';

export function otherwiseThanAdmitted({ ledgerBefore }: Evidence, { accounts }: Record): readonly Violation[] {
  const admitted = admissions([...accounts.values()]);
  return sentOrders(ledgerBefore).flatMap((order): Violation[] => {
    const own = admitted.get(order.orderId);
    if (own === undefined) return [];
    const brokerAccountId = accounts.get(own.ticket.accountId)?.brokerAccountId ?? null;
    const detail = difference(order, own, brokerAccountId);
    return detail === null ? [] : [{ invariant: 'I8', subject: order.client_order_id, detail }];
  });
}

interface Admitted {
  readonly ticket: OrderTicket;
  /** By revision, 0 for the order itself: every quantity that was admitted under it. */
  readonly quantities: ReadonlyMap<number, readonly string[]>;
}

function admissions(accounts: readonly AccountRecord[]): ReadonlyMap<string, Admitted> {
  const found = new Map<string, Admitted & { readonly quantities: Map<number, readonly string[]> }>();
  for (const { type, data } of accounts.flatMap(({ riskEvents }) => riskEvents)) {
    if (type === 'OrderAdmitted') {
      const { ticket } = data as OrderAdmitted['data'];
      found.set(ticket.orderId, { ticket, quantities: new Map([[0, [ticket.quantity]]]) });
    }
    if (type !== 'ReplacementAdmitted') continue;
    const { orderId, revision, terms } = data as ReplacementAdmitted['data'];
    const quantities = found.get(orderId)?.quantities;
    quantities?.set(revision, [...(quantities.get(revision) ?? []), terms.quantity]);
  }
  return found;
}

function difference(order: SentOrder, { ticket, quantities }: Admitted, brokerAccountId: string | null): string | null {
  // Not every evidence tells which account is linked.
  if (brokerAccountId !== null && order.account_id !== brokerAccountId)
    return `it is at the broker in account ${order.account_id}`;
  if (order.symbol !== ticket.symbol || order.side !== ticket.side)
    return `${ticket.side} ${ticket.symbol} was admitted, and the broker has ${order.side} ${order.symbol}`;
  const allowed = quantities.get(order.revision) ?? [];
  if (allowed.some((each) => quantity(each) === quantity(order.qty ?? '0'))) return null;
  return `${allowed.join(' or ') || 'nothing'} was admitted, and the broker has ${order.qty}`;
}
