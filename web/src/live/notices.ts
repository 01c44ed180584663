import type { BrokerOrder } from '../../../contracts/broker-api.ts';
import { formatPrice, formatQuantity } from '../numbers/format.ts';
import type { LiveEvent, LiveState } from './live-state.ts';

/** Something that happened to an order, worth a word to the trader. */
export interface Notice {
  tone: 'good' | 'neutral' | 'bad';
  title: string;
  detail: string;
  orderId: string;
}

const nameOf = (order: BrokerOrder): string =>
  `${order.side === 'buy' ? 'Buy' : 'Sell'} ${formatQuantity(order.qty)} ${order.instrument}`;

const atPrice = (order: BrokerOrder): string =>
  order.avgPrice === undefined ? '' : ` at ${formatPrice(order.avgPrice)}`;

function noticeOf(before: BrokerOrder | undefined, after: BrokerOrder): Notice | null {
  const changed = before?.status !== after.status;
  const title = nameOf(after);
  if (after.protection !== undefined && before?.protection === undefined) {
    const detail = after.message?.text ?? 'See its story';
    return { tone: 'bad', title: `Not protected: ${title}`, detail, orderId: after.id };
  }
  if (changed && after.status === 'filled') {
    return {
      tone: 'good',
      title: `Filled: ${title}`,
      detail: `${formatQuantity(after.filledQty)}${atPrice(after)}`,
      orderId: after.id,
    };
  }
  if (changed && after.status === 'cancelled') {
    const part = after.filledQty > 0 ? `${formatQuantity(after.filledQty)} filled before` : 'Nothing was filled';
    return { tone: 'neutral', title: `Cancelled: ${title}`, detail: after.message?.text ?? part, orderId: after.id };
  }
  // An order that is born rejected was denied: its ticket shows every reason already.
  if (changed && before !== undefined && after.status === 'rejected') {
    return {
      tone: 'bad',
      title: `Rejected: ${title}`,
      detail: after.message?.text ?? 'See its story',
      orderId: after.id,
    };
  }
  if (after.filledQty > (before?.filledQty ?? 0) && after.status === 'working') {
    const detail = `${formatQuantity(after.filledQty)} of ${formatQuantity(after.qty)}${atPrice(after)}`;
    return { tone: 'good', title: `Partly filled: ${title}`, detail, orderId: after.id };
  }
  return null;
}

/**
 * What to say about the step that an event makes. The first snapshot and the histories are silent: they are old
 * news. A later snapshot tells what happened to known orders while the connection was down.
 */
export function noticesOf(before: LiveState, event: LiveEvent): Notice[] {
  if (event.type === 'order') {
    const notice = noticeOf(before.orders[event.order.id], event.order);
    return notice === null ? [] : [notice];
  }
  if (event.type !== 'snapshot' || before.epoch === 0) return [];
  return event.orders.flatMap((order) => {
    const known = before.orders[order.id];
    return known === undefined ? [] : (noticeOf(known, order) ?? []);
  });
}
