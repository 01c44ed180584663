/**
 * What must hold after any crash, checked over two records that know nothing of each other: our event store, and the
 * sandbox's ledger, which is keyed by the sandbox's own order ids.
 */
import { z } from 'zod';
import type { OrderStory } from '../../contracts/story.ts';
import { readClientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { Fill } from '../../src/domain/order/events.ts';

const ledgerSchema = z.object({
  orders: z.array(
    z
      .looseObject({
        id: z.string(),
        client_order_id: z.string(),
        account_id: z.string(),
        status: z.string(),
        executions: z.array(z.looseObject({ execution_id: z.string(), qty: z.string(), price: z.string() })),
      })
      // The order of ours that the client order id names; the id itself where it names none.
      .transform((order) => ({
        ...order,
        orderId: readClientOrderId(order.client_order_id)?.orderId ?? order.client_order_id,
      })),
  ),
});
export type LedgerOrder = z.infer<typeof ledgerSchema>['orders'][number];

export async function readLedger(sandboxUrl: string): Promise<readonly LedgerOrder[]> {
  const response = await fetch(`${sandboxUrl}/control/ledger`);
  return ledgerSchema.parse(await response.json()).orders;
}

export interface Evidence {
  /** Orders that were answered with success. */
  readonly acknowledged: readonly string[];
  /** The story of every order that either side knows; null where ours has none. */
  readonly stories: ReadonlyMap<string, OrderStory | null>;
  readonly ledger: readonly LedgerOrder[];
}

/** Why an order may be missing at the broker: each is recorded, and none of them is a guess. */
const PROVEN_ABSENT = ['denied', 'rejected', 'not_sent', 'not_received', 'cancelled'];
const IN_DOUBT = ['placing', 'unconfirmed'];

const types = (story: OrderStory): string[] => story.events.map((event) => event.type);

/** One line for each violation; empty when everything holds. */
export function violations({ acknowledged, stories, ledger }: Evidence): string[] {
  const found: string[] = [];
  const atBroker = new Map<string, LedgerOrder[]>();
  for (const order of ledger) atBroker.set(order.orderId, [...(atBroker.get(order.orderId) ?? []), order]);

  for (const orderId of acknowledged) {
    const story = stories.get(orderId) ?? null;
    const there = atBroker.get(orderId) ?? [];
    if (story === null) found.push(`I1 lost: ${orderId} was answered and is not recorded`);
    else if (there.length === 0 && ![...PROVEN_ABSENT, ...IN_DOUBT].includes(story.outcome)) {
      found.push(`I1 lost: ${orderId} is ${story.outcome} and not at the broker`);
    }
  }
  for (const [orderId, orders] of atBroker) {
    const story = stories.get(orderId) ?? null;
    if (orders.length > 1) found.push(`I2 doubled: ${orderId} is ${orders.length} orders at the broker`);
    if (story === null || !types(story).includes('OrderPlaced'))
      found.push(`I2 orphan: ${orderId} is at the broker without a recorded intent`);
    else if (!types(story).includes('OrderAdmitted'))
      found.push(`I8 unchecked: ${orderId} is at the broker without an admission`);
    if (story !== null) found.push(...fillViolations(orderId, story, orders));
  }
  return found;
}

function fillViolations(orderId: string, story: OrderStory, orders: readonly LedgerOrder[]): string[] {
  const ours = story.events
    .filter((event) => event.type === 'OrderFilled' || event.type === 'OrderPartiallyFilled')
    .map((event) => (event.data as unknown as Fill).execution);
  const theirs = orders.flatMap((order) => order.executions);
  const booked = story.events.filter((event) => event.type === 'FillBooked');
  const text = (executions: readonly { executionId: string | null; quantity: string; price: string }[]): string =>
    executions
      .map(({ quantity, price }) => `${Number(quantity)}@${Number(price)}`)
      .sort()
      .join(' ');
  const theirText = text(
    theirs.map(({ execution_id, qty, price }) => ({ executionId: execution_id, quantity: qty, price })),
  );
  if (text(ours) !== theirText) return [`I3 fills of ${orderId}: ours ${text(ours)}, the broker's ${theirText}`];
  if (booked.length !== theirs.length)
    return [`I4 ${orderId} has ${theirs.length} executions and ${booked.length} bookings`];
  return [];
}

/** Whether nothing is on its way any more: every fill that the broker has is booked, every order has settled or is in doubt. */
export const isQuiet = (evidence: Evidence): boolean =>
  violations(evidence).length === 0 &&
  [...evidence.stories.values()].every((story) => {
    if (story === null) return false;
    const there = evidence.ledger.some((order) => order.orderId === story.orderId);
    return story.outcome !== 'working' && (!there || !IN_DOUBT.includes(story.outcome));
  });
