/** The broker's orders that were sent for orders of ours. */
import { readClientOrderId } from '../../../src/domain/order/client-order-id.ts';
import type { LedgerOrder } from './evidence.ts';

/** Revision 0 is the first sending; its changes follow. */
export interface SentOrder extends LedgerOrder {
  readonly orderId: string;
  readonly revision: number;
}

export const sentOrders = (ledger: readonly LedgerOrder[]): readonly SentOrder[] =>
  ledger.flatMap((order) => {
    const named = readClientOrderId(order.client_order_id);
    return named === null || order.parent_id !== null ? [] : [{ ...order, ...named }];
  });
