/** Asking the broker about one working order, and recording what it says. */
import { orderStream } from '../../domain/order/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccess, OrderRecords } from '../ports/broker.ts';
import type { Log } from '../ports/log.ts';
import type { RecordBrokerOrder } from './record-broker-order.ts';

export interface LookAtOrderNeeds {
  readonly aggregates: Aggregates;
  readonly records: OrderRecords;
  readonly recordBrokerOrder: RecordBrokerOrder;
  readonly log: Log;
}

export type LookAtOrder = (access: BrokerAccess, orderId: string, cause: Cause) => Promise<'done' | 'unanswered'>;

export function createLookAtOrder({ aggregates, records, recordBrokerOrder, log }: LookAtOrderNeeds): LookAtOrder {
  /** Of which the alarm was raised by this process. */
  const missed = new Set<string>();
  return async (access, orderId, cause) => {
    const order = await aggregates.orders.load(orderStream(orderId));
    if (order.status !== 'working' || order.brokerOrderId === null) return 'done';
    const { brokerOrderId } = order;
    const found = await records.byId(access, brokerOrderId);
    if (found.kind === 'not_found') {
      // It proves nothing, but somebody must find out.
      if (!missed.has(brokerOrderId))
        log.alarm('the broker does not know an order that it had acknowledged', { orderId, brokerOrderId });
      missed.add(brokerOrderId);
      return 'done';
    }
    if (found.kind !== 'found') return 'unanswered';
    await recordBrokerOrder(access, { order: found.value, execution: null, reason: null }, cause);
    return 'done';
  };
}
