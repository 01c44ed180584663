/** What a simulated world leaves behind, as the checker reads it. */
import { sha256 } from '../../src/adapters/node/sha256.ts';
import type { OrderRow } from '../../src/adapters/postgres/views/order-row.ts';
import type { Comparison } from '../../src/adapters/postgres/verify.ts';
import { hashOf, NO_HASH } from '../../src/application/ports/event-chain.ts';
import { START } from '../../src/application/ports/event-store.ts';
import type { RecordedEvent } from '../../src/application/ports/event-store.ts';
import type { Evidence, LedgerOrder } from '../chaos/check/evidence.ts';
import { dollarsText, sharesText } from './amounts.ts';
import { apply } from './read-side.ts';
import type { Diary } from './deeds.ts';
import type { VenueOrder } from './venue-order.ts';
import type { World } from './world.ts';

const EVERYTHING = 10_000_000;

/** The read model against what the whole log gives when it is folded anew. */
function compareRows(world: World, events: readonly RecordedEvent[]): Comparison {
  const rebuilt = new Map<string, OrderRow>();
  for (const event of events) apply(rebuilt, event, (row) => rebuilt.set(row.order_id, row));
  const live = new Map(world.readSide.rows().map((row) => [row.order_id, row]));
  const examples: Comparison['examples'][number][] = [];
  for (const orderId of new Set([...live.keys(), ...rebuilt.keys()])) {
    const [here, there] = [JSON.stringify(live.get(orderId)), JSON.stringify(rebuilt.get(orderId))];
    if (here === there) continue;
    examples.push({ side: 'live', row: here ?? 'none' }, { side: 'rebuilt', row: there ?? 'none' });
  }
  return { table: 'orders', rows: live.size, differences: examples.length, examples: examples.slice(0, 3) };
}

/** The first event whose hash does not follow from it and the one before it; null when there is none. */
function brokenChain(stored: readonly RecordedEvent[]): string | null {
  const last = new Map<string, string>();
  for (const event of stored) {
    if (hashOf(last.get(event.stream) ?? NO_HASH, event, sha256) !== event.hash)
      return `event ${event.revision} of ${event.stream} does not fit its hash`;
    last.set(event.stream, event.hash);
  }
  return null;
}

export async function evidenceOf(world: World, diary: Diary): Promise<Evidence> {
  const ledger = world.broker.venue.accounts().flatMap(({ orders }) => orders.map(toLedger));
  const events = await world.log.readAll(START, EVERYTHING);
  return {
    events,
    ledgerBefore: ledger,
    ledger,
    due: { at: world.scheduler.now(), ledger },
    acknowledged: [...diary.acknowledged.keys()],
    enteredElsewhere: diary.enteredElsewhere,
    arrivals: world.arrivals,
    refusals: world.refusals,
    alarms: world.told
      .filter(({ level }) => level === 'alarm')
      .map(({ at, message, facts }) => ({
        at: Date.parse(at),
        message,
        orderId: typeof facts['orderId'] === 'string' ? facts['orderId'] : null,
      })),
    trespasses: diary.trespasses,
    at: world.scheduler.now(),
    quiet: {
      holdings: world.broker.venue
        .accounts()
        .flatMap(({ id, positions }) =>
          [...positions]
            .filter(([, held]) => held.shares !== 0)
            .map(([symbol, held]) => ({ brokerAccountId: id, symbol, quantity: sharesText(held.shares) })),
        ),
      shown: [],
      readModels: [compareRows(world, events)],
      doubts: 'waited',
      logFault: brokenChain(await world.store.whole.readAll(START, EVERYTHING)),
    },
  };
}

function toLedger(order: VenueOrder): LedgerOrder {
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    account_id: order.account.id,
    symbol: order.symbol,
    side: order.side,
    parent_id: order.parent?.id ?? null,
    replaces: order.replaces,
    qty: order.terms.quantity,
    status: order.status,
    filled_qty: sharesText(order.filled),
    received_at_real: new Date(order.receivedAt).toISOString(),
    ended_at_real: order.endedAt,
    executions: order.executions.map(({ id, shares, price, standing }) => ({
      execution_id: id,
      qty: sharesText(shares),
      price: dollarsText(price),
      busted: standing.shares === 0,
    })),
  };
}
