/**
 * The read model of orders, folded by the product's own functions from the log, with the lag that it has in the database.
 * All processes share it, as they share the database.
 */
import { answeredRow, nextRow } from '../../src/adapters/postgres/views/order-row.ts';
import type { OrderRow } from '../../src/adapters/postgres/views/order-row.ts';
import { START } from '../../src/application/ports/event-store.ts';
import type { EventStore, Position, RecordedEvent } from '../../src/application/ports/event-store.ts';
import type { UnfinishedOrders } from '../../src/application/ports/progress.ts';
import { orderStream } from '../../src/domain/order/events.ts';
import type { OrderEvent } from '../../src/domain/order/events.ts';
import type { OrderAdmitted, OrderDenied } from '../../src/domain/risk-policy/events.ts';
import type { ProcessLife } from './life.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

const BATCH = 500;
/** Admitted orders are given a second to be placed by whoever asked for them. */
const PLACED_WITHIN_MS = 1_000;

export interface ReadSide {
  unfinishedOf(life: ProcessLife): UnfinishedOrders;
  /** Something was appended: it shows a moment later. */
  appended(): void;
  rows(): readonly OrderRow[];
  /** How many orders are not finished. */
  unfinished(): number;
  /** Whether all that is recorded shows. */
  upTo(): Position;
}

export function createReadSide(store: EventStore, scheduler: Scheduler, random: Random): ReadSide {
  const rows = new Map<string, OrderRow>();
  const unfinished = new Map<string, OrderRow>();
  let position: Position = START;
  let behindUntil = 0;
  let due = false;

  async function catchUp(): Promise<void> {
    due = false;
    for (;;) {
      const events = await store.readAll(position, BATCH);
      for (const event of events) apply(rows, event, (row) => keep(row));
      const last = events.at(-1);
      if (last === undefined) return;
      position = last.position;
    }
  }

  function keep(row: OrderRow): void {
    rows.set(row.order_id, row);
    unfinished.delete(row.order_id);
    if (row.ended_at === null) unfinished.set(row.order_id, row);
  }

  const ids = (wanted: (row: OrderRow) => boolean) =>
    [...unfinished.values()].filter(wanted).map((row) => ({ orderId: row.order_id, accountId: row.account_id }));

  return {
    unfinishedOf: (life) => ({
      knownUpTo: () => life.read(random.between(1, 4), () => position),
      admittedOnly: (age) =>
        life.read(random.between(1, 4), () => {
          const isDue = (row: OrderRow): boolean =>
            age === 'any' || scheduler.now() - row.changed_at.getTime() > PLACED_WITHIN_MS;
          return ids((row) => row.status === 'admitted' && isDue(row));
        }),
      placed: () => life.read(random.between(1, 4), () => ids((row) => row.status !== 'admitted')),
    }),
    appended() {
      if (due) return;
      due = true;
      if (random.chance(0.002)) behindUntil = scheduler.now() + random.between(1_000, 8_000);
      scheduler.after(Math.max(random.between(2, 40), behindUntil - scheduler.now()), () => void catchUp());
    },
    rows: () => [...rows.values()],
    unfinished: () => unfinished.size,
    upTo: () => position,
  };
}

/** What one event makes of the rows, as the view of orders has it. */
export function apply(
  rows: ReadonlyMap<string, OrderRow>,
  event: RecordedEvent,
  changed: (row: OrderRow) => void,
): void {
  const at = new Date(event.recordedAt);
  if (event.type === 'OrderAdmitted' || event.type === 'OrderDenied') {
    const { ticket, breaches = null } = event.data as OrderAdmitted['data'] & Partial<OrderDenied['data']>;
    if (!rows.has(ticket.orderId)) changed(answeredRow(ticket, at, breaches));
    return;
  }
  if (!event.stream.startsWith(orderStream(''))) return;
  const row = rows.get(event.stream.slice(orderStream('').length)) ?? null;
  if (row !== null && row.revision >= event.revision) return;
  changed(nextRow(row, event as unknown as OrderEvent, { revision: event.revision, at }));
}
