/** I1 no lost order, I2 no double, I5 no false terminal. */
import { readClientOrderId } from '../../../src/domain/order/client-order-id.ts';
import type { Fill, OrderCancelled } from '../../../src/domain/order/events.ts';
import { isFinal } from '../../../src/domain/order/state.ts';
import type { OrderAdmitted } from '../../../src/domain/risk-policy/events.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';
import type { Arrival, Evidence, Invariant, LedgerOrder, Violation } from './evidence.ts';
import { groupBy } from './group-by.ts';
import type { OrderRecord, Record } from './record.ts';
import { sentOrders } from './sent-orders.ts';
import type { SentOrder } from './sent-orders.ts';
import { FINISHED, unsettled } from './unsettled.ts';

const listOf = (invariant: Invariant) => {
  const list: Violation[] = [];
  return { list, add: (subject: string, detail: string): void => void list.push({ invariant, subject, detail }) };
};

/** Every order that was answered with success is at the broker, or a recorded and proven reason says why not. */
export function lostOrders(evidence: Evidence, { orders, accounts }: Record): readonly Violation[] {
  const { list, add } = listOf('I1');
  const { acknowledged, refusals, due, ledger, events } = evidence;
  for (const orderId of new Set(acknowledged)) {
    if (!orders.has(orderId)) add(orderId, 'it was answered with success and is not recorded');
  }
  const isDue = new Set(due.ledger.map(({ id }) => id));
  const first = sentOrders(ledger).filter(({ revision }) => revision === 0);
  const refused = new Set([...refusals].map((id) => readClientOrderId(id)?.orderId));
  for (const { orderId, state } of orders.values()) {
    if (state.brokerOrderId !== null) continue;
    const there = first.filter((order) => order.orderId === orderId);
    const isOpen = !isFinal(state) || state.status === 'not_received';
    if (isOpen && there.some(({ id }) => isDue.has(id)))
      add(orderId, `the broker has it, and here it is still ${state.status}`);
    if (state.status === 'rejected' && there.length === 0 && !refused.has(orderId))
      add(orderId, 'it is recorded as rejected, and the broker has never refused it');
  }
  for (const { type, data, recordedAt } of events) {
    if (type !== 'OrderAdmitted' || Date.parse(recordedAt) > due.at) continue;
    const { orderId } = (data as OrderAdmitted['data']).ticket;
    const own = orders.get(orderId);
    if (own === undefined) add(orderId, 'it was admitted, and is not placed');
    else if (own.state.status === 'placed' && (evidence.quiet !== null || own.state.attempts === 0))
      add(orderId, 'it was admitted, and is still to be sent');
  }
  return evidence.quiet === null ? list : [...list, ...unsettled(ledger, { orders, accounts })];
}

/** No intent has two orders at the broker, none is sent again in doubt, and the broker has none without an intent. */
export function doubledOrders(evidence: Evidence, { orders }: Record): readonly Violation[] {
  const { list, add } = listOf('I2');
  const sent = sentOrders(evidence.ledgerBefore);
  // A change that the broker never carried out may be asked for again under its id.
  const effective = sent.filter(
    ({ replaces, status, filled_qty: filled }) => replaces === null || status !== 'rejected' || Number(filled) > 0,
  );
  const byClientId = groupBy(effective, ({ client_order_id: id }) => id);
  for (const [id, same] of byClientId)
    if (same.length > 1) add(id, `the broker has ${same.length} orders under this id`);
  for (const order of sent) {
    const { orderId, revision, client_order_id: id } = order;
    if (evidence.enteredElsewhere.has(id)) continue;
    const own = orders.get(orderId);
    const intended = own?.events.some((event) => isIntentOf(event, revision)) === true;
    if (!intended) add(id, 'the broker has this order, and nobody has a recorded intent of it');
    if ((order.replaces === null) !== (revision === 0))
      add(id, revision === 0 ? 'it replaces another order' : 'it replaces no order, and works beside the first');
  }
  const known = new Set(sent.map(({ id }) => id));
  for (const order of evidence.ledgerBefore) {
    if (known.has(order.id) || order.parent_id !== null) continue;
    if (!evidence.enteredElsewhere.has(order.client_order_id))
      add(order.client_order_id, 'the broker has an order under an id that nobody has given');
  }
  for (const [id, tries] of groupBy(placings(evidence.arrivals), ({ clientOrderId }) => clientOrderId)) {
    const again = tries.slice(0, -1).find(({ turnedAway }) => !turnedAway);
    if (again !== undefined) add(id, 'it was sent again, although the first sending may have had an effect');
  }
  return list;
}

const placings = (arrivals: readonly Arrival[]): readonly Arrival[] =>
  arrivals.filter(({ verb }) => verb === 'place').toSorted((a, b) => a.at - b.at);

const isIntentOf = ({ type, data }: RecordedEvent, revision: number): boolean =>
  revision === 0
    ? type === 'OrderPlaced'
    : type === 'ReplaceRequested' && (data as { readonly revision: number }).revision === revision;

/** Events that say that an order of which no broker order is known has ended, and will not be at the broker. */
const ENDED_ABSENT = ['OrderRejected', 'OrderNotSent', 'OrderCancelled', 'OrderNotReceived'];
/** How an order has ended that the broker has had, and as what the broker may have it then. */
const ENDED_THERE: Readonly<globalThis.Record<string, readonly string[]>> = {
  OrderFilled: ['filled'],
  OrderCompleted: ['filled'],
  OrderExpired: ['expired'],
  OrderRejected: ['rejected'],
  // And more, see `isCancelled`.
  OrderCancelled: FINISHED,
};

/** What is final here was final there when it was recorded. */
export function falseTerminals(evidence: Evidence, { orders }: Record): readonly Violation[] {
  const { list, add } = listOf('I5');
  const ledger = new Map(evidence.ledger.map((order) => [order.id, order]));
  const sent = groupBy(sentOrders(evidence.ledger), ({ orderId }) => orderId);
  for (const order of orders.values()) {
    const there = (sent.get(order.orderId) ?? []).filter(({ revision }) => revision === 0);
    for (const detail of endedWithoutGround(order, there)) add(order.orderId, detail);
    for (const detail of endedTooSoon(order, ledger)) add(order.orderId, detail);
  }
  return list;
}

/** Ends that say that the broker has no such order, though it had it by then. */
function* endedWithoutGround({ events }: OrderRecord, there: readonly SentOrder[]): Generator<string> {
  const acknowledged = events.findIndex(({ type }) => ['OrderAcknowledged', 'OrderObserved'].includes(type));
  const unknown = acknowledged < 0 ? events : events.slice(0, acknowledged);
  for (const { type, recordedAt } of unknown) {
    if (!ENDED_ABSENT.includes(type)) continue;
    const late = type === 'OrderNotReceived';
    if (there.some((order) => !late || Date.parse(order.received_at_real) <= Date.parse(recordedAt)))
      yield `${type} is recorded, and the broker has the order`;
  }
}

/** Events that say by which id the broker knows the order. */
const NAMED_BY = ['OrderAcknowledged', 'OrderObserved', 'OrderRecovered', 'OrderReplaced'];

/** Ends of the broker's own orders that were recorded before they had happened, or that are others than happened. */
function* endedTooSoon({ events }: OrderRecord, ledger: ReadonlyMap<string, LedgerOrder>): Generator<string> {
  let brokerOrderId: string | null = null;
  for (const { type, data, recordedAt } of events) {
    const named = (data as { readonly brokerOrderId?: string }).brokerOrderId;
    if (NAMED_BY.includes(type)) brokerOrderId = named ?? null;
    const there: LedgerOrder | undefined = brokerOrderId === null ? undefined : ledger.get(brokerOrderId);
    const endings = ENDED_THERE[type];
    if (there === undefined || endings === undefined) continue;
    if (!FINISHED.includes(there.status)) yield `${type} is recorded, and the broker has the order as ${there.status}`;
    else if (Date.parse(there.ended_at_real ?? '') > Date.parse(recordedAt))
      yield `${type} was recorded at ${recordedAt}, and the broker's order ended at ${there.ended_at_real}`;
    else if (!endings.includes(there.status))
      yield `${type} is recorded, and the broker has the order as ${there.status}`;
    else if (type === 'OrderCancelled' && !isCancelled(there, data as OrderCancelled['data'], events))
      yield `it is recorded as cancelled, and the broker has it as ${there.status}`;
  }
}

/**
 * Cancelled there too; or filled to the end after it was cancelled; or filled for less than we asked; or replaced at the
 * broker by somebody else.
 */
function isCancelled(
  there: LedgerOrder,
  { reason }: OrderCancelled['data'],
  events: readonly RecordedEvent[],
): boolean {
  if (there.status === 'filled')
    return (
      reason === 'The broker counts the order as filled.' ||
      events.some(({ data }) => (data as Partial<Fill>).late === true)
    );
  return there.status === 'canceled' || (there.status === 'replaced' && (reason ?? '').startsWith('Replaced at'));
}
