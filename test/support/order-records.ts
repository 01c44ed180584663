/**
 * What two records say of some orders that know nothing of each other: the stories that the product tells, and the
 * sandbox's ledger, judged by the invariants of `test/chaos/check`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { OrderStory } from '../../contracts/story.ts';
import type { RecordedEvent } from '../../src/application/ports/event-store.ts';
import { readClientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import type { LedgerOrder } from '../chaos/check/evidence.ts';
import { sentOrders } from '../chaos/check/sent-orders.ts';
import { violations } from '../chaos/check/violations.ts';
import { sandboxAt } from '../chaos/world/sandbox.ts';

/** `orderId`: the order of ours that the client order id names; the id itself where it names none. */
export type NamedOrder = LedgerOrder & { readonly orderId: string };

export const readLedger = async (sandboxUrl: string): Promise<readonly NamedOrder[]> =>
  (await sandboxAt(sandboxUrl).ledger()).map((order) => ({
    ...order,
    orderId: readClientOrderId(order.client_order_id)?.orderId ?? order.client_order_id,
  }));

export interface OrderRecords {
  /** Orders that were answered with success. */
  readonly acknowledged: readonly string[];
  /** The story of every order that either side knows; null where ours has none. */
  readonly stories: ReadonlyMap<string, OrderStory | null>;
  readonly ledger: readonly LedgerOrder[];
}

/** One line for each violation of what these records can show; empty when everything holds. */
export function disagreements({ acknowledged, stories, ledger }: OrderRecords): readonly string[] {
  const told = [...stories.values()].flatMap((story) => story?.events ?? []);
  const events = [...new Map(told.map((event) => [event.id, recorded(event)])).values()];
  const arrivals = sentOrders(ledger).map(({ client_order_id: clientOrderId, received_at_real: at, revision }) => ({
    at: Date.parse(at),
    verb: revision === 0 ? ('place' as const) : ('change' as const),
    clientOrderId,
    turnedAway: false,
  }));
  const evidence = {
    events,
    ledgerBefore: ledger,
    ledger,
    due: { at: Date.now(), ledger },
    acknowledged,
    arrivals,
    refusals: new Set<string>(),
    enteredElsewhere: new Set<string>(),
    alarms: [],
    trespasses: [],
    at: Date.now(),
    quiet: null,
  };
  const shown = ['I1', 'I2', 'I3', 'I4', 'I5', 'I8', 'I9'] as const;
  return violations(evidence, shown).map(({ invariant, subject, detail }) => `${invariant} ${subject}: ${detail}`);
}

const recorded = ({
  at,
  actor,
  correlationId,
  causationId,
  ...event
}: OrderStory['events'][number]): RecordedEvent => ({
  ...event,
  metadata: { actor, correlationId, causationId, schemaVersion: 1 },
  recordedAt: at,
  position: '',
  hash: '',
});

const QUIET_WITHIN_MS = 20_000;
const IN_DOUBT = ['placing', 'unconfirmed'];

/** What both sides know once everything has settled, or after 20 s. */
export async function whenQuiet(
  sandboxUrl: string,
  traders: readonly Visitor[],
  acknowledged: readonly string[],
): Promise<OrderRecords> {
  const end = Date.now() + QUIET_WITHIN_MS;
  for (;;) {
    const ledger = await readLedger(sandboxUrl);
    const stories = new Map<string, OrderStory | null>();
    for (const orderId of new Set([...acknowledged, ...sentOrders(ledger).map((order) => order.orderId)]))
      stories.set(orderId, await storyOf(traders, orderId));
    const records = { acknowledged, stories, ledger };
    if (isQuiet(records) || Date.now() > end) return records;
    await wait(200);
  }
}

async function storyOf(traders: readonly Visitor[], orderId: string): Promise<OrderStory | null> {
  for (const trader of traders) {
    const story = await trader.story(orderId).catch(() => null);
    if (story !== null) return story;
  }
  return null;
}

/** Whether nothing is on its way any more: all fills are booked, every order has settled or the broker does not have it. */
function isQuiet(records: OrderRecords): boolean {
  const there = new Set(sentOrders(records.ledger).map(({ orderId }) => orderId));
  return (
    disagreements(records).length === 0 &&
    [...records.stories.values()].every(
      (story) =>
        story !== null &&
        story.outcome !== 'working' &&
        !(there.has(story.orderId) && IN_DOUBT.includes(story.outcome)),
    )
  );
}
