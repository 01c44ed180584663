/** Whether every execution of an account that is recorded is booked too: until then its positions are behind its orders. */
import { orderStream } from '../../domain/order/events.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { EventStore, RecordedEvent } from '../ports/event-store.ts';
import type { Checkpoints } from '../ports/progress.ts';

export type IsBookedUp = (accountId: string) => Promise<boolean>;

export interface IsBookedUpNeeds {
  readonly aggregates: Aggregates;
  readonly store: Pick<EventStore, 'readAll'>;
  readonly checkpoints: Pick<Checkpoints, 'load'>;
}

/** With more events than this to come, whoever books is too far behind to be asked about single ones. */
const MOST = 1_000;

/** What moves a position once it is booked. */
const MOVES: readonly string[] = [
  'OrderFilled',
  'OrderPartiallyFilled',
  'ExecutionBusted',
  'ExecutionCorrected',
  'ExecutionIdentified',
] satisfies OrderEvent['type'][];

export function createIsBookedUp({ aggregates, store, checkpoints }: IsBookedUpNeeds): IsBookedUp {
  async function isOf(accountId: string, { stream }: RecordedEvent): Promise<boolean> {
    const order = await aggregates.orders.glance(stream);
    return order.status !== 'none' && order.ticket.accountId === accountId;
  }
  return async (accountId) => {
    const toCome = await store.readAll(await checkpoints.load('book-fills'), MOST);
    if (toCome.length === MOST) return false;
    for (const event of toCome) {
      const isMove = event.stream.startsWith(orderStream('')) && MOVES.includes(event.type);
      if (isMove && (await isOf(accountId, event))) return false;
    }
    return true;
  };
}
