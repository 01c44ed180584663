/**
 * How often orders may come. Only what was admitted counts, and counts at once: what is denied does not reach the broker, so
 * a storm of it can neither use up the broker's patience nor keep a person out once there is room again.
 */
import { quantity } from '../../kernel/decimal.ts';
import type { OrderTicket } from '../../order/events.ts';
import { recentOrders } from '../recent.ts';
import type { RecentOrder } from '../recent.ts';
import { onlyOpening, plain } from './check.ts';
import type { Check, Rule } from './check.ts';

/** How many of late, with the one at hand. */
function count({ account, at }: Check, withinSeconds: number, isMeant: (order: RecentOrder) => boolean): number {
  let orders = 1;
  for (const order of recentOrders(account.recent, at, withinSeconds * 1000)) if (isMeant(order)) orders += 1;
  return orders;
}

const sameNumber = (a: string | null, b: string | null): boolean =>
  a === null || b === null ? a === b : quantity(a) === quantity(b);

/** Whether two orders look like one that was sent twice. */
const isAlike = (a: OrderTicket, b: OrderTicket): boolean =>
  a.symbol === b.symbol &&
  a.side === b.side &&
  a.type === b.type &&
  sameNumber(a.quantity, b.quantity) &&
  sameNumber(a.limitPrice, b.limitPrice) &&
  sameNumber(a.stopPrice, b.stopPrice) &&
  sameNumber(a.trailPrice, b.trailPrice);

/** A second one like the last is taken for a slip of the hand, or of a program, until somebody says that it is meant. */
export const duplicateOrder: Rule = ({ kind, ticket, account, inputs, at }) => {
  const { duplicateWithinSeconds: seconds } = inputs.limits;
  if (seconds === null || inputs.confirmed || kind === 'change') return null;
  for (const order of recentOrders(account.recent, at, seconds * 1000 + 1)) {
    if (order.kind !== 'order' || !isAlike(order.ticket, ticket)) continue;
    const age = (Math.abs(at - order.at) / 1000).toFixed(1);
    return { rule: 'duplicate_order', limit: `${seconds}`, actual: age, unit: 'seconds', detail: null };
  }
  return null;
};

/** Whoever closes positions may do so one after another. */
export const orderRate: Rule = onlyOpening((check) => {
  const { mostOrdersInTenSeconds: most } = check.inputs.limits;
  const orders = count(check, 10, () => true);
  if (most === null || orders <= most) return null;
  return { rule: 'order_rate', limit: `${most}`, actual: `${orders}`, unit: 'orders', detail: null };
});

/** The account's key at the broker takes so many requests; the rest of them is for cancels and look-ups. */
export const keyRate: Rule = (check) => {
  const { mostOrdersInAMinute: most } = check.inputs.limits;
  const orders = count(check, 60, () => true);
  if (most === null || orders <= most) return null;
  return { rule: 'key_rate', limit: `${most}`, actual: `${orders}`, unit: 'orders', detail: null };
};

export const REPETITION_SECONDS = 60;

/** Orders in one symbol on one side of late, with the one at hand. */
export const repetitions = (check: Check): number =>
  count(
    check,
    REPETITION_SECONDS,
    ({ kind, ticket }) =>
      kind === 'order' && ticket.symbol === check.ticket.symbol && ticket.side === check.ticket.side,
  );

/**
 * The same again and again is a program that has gone wrong. From the first one too many on, the account can only make
 * positions smaller until a person takes it on themselves.
 */
export const repeatedExecution: Rule = onlyOpening((check) => {
  if (check.account.tripped !== null) return plain('repeated_execution', 'tripped');
  const { mostRepetitionsInAMinute: most } = check.inputs.limits;
  if (most === null || check.kind === 'change') return null;
  const orders = repetitions(check);
  if (orders <= most) return null;
  return { rule: 'repeated_execution', limit: `${most}`, actual: `${orders}`, unit: 'orders', detail: null };
});
