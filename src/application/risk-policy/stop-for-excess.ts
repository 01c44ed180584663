/**
 * When more was executed than was ordered, the shares are real: they are booked, and here it is seen to that nothing makes
 * a position larger before a person has looked.
 */
import { toText } from '../../domain/kernel/decimal.ts';
import type { Quantity } from '../../domain/kernel/decimal.ts';
import { excessOf } from '../../domain/order/chain.ts';
import { orderStream } from '../../domain/order/events.ts';
import { exitsExcess } from '../../domain/order/protection.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { Log } from '../ports/log.ts';

export interface StopForExcess {
  /** Stops the account when the order has executed too much. */
  forOrder(order: LiveOrder, at: string, cause: Cause): Promise<void>;
  /** Stops the symbol when the exits of the order's bracket have executed more than it did: in a fast market both may. */
  forExits(order: LiveOrder, at: string, cause: Cause): Promise<void>;
}

/** All of it may be repeated: what is known is not recorded again. */
export function createStopForExcess({
  aggregates,
  log,
}: {
  readonly aggregates: Aggregates;
  readonly log: Log;
}): StopForExcess {
  async function stop(order: LiveOrder, what: 'order' | 'exits', excess: Quantity, at: string, cause: Cause) {
    if (excess === 0n) return;
    const { accountId, orderId, symbol } = order.ticket;
    const found = { orderId, symbol, cause: what, excess: toText(excess) } as const;
    const command = { type: 'RecordOverfill', ...found, at } as const;
    const recorded = await aggregates.risk.handle(riskStream(accountId), command, cause);
    if (recorded.kind === 'refused' || recorded.events.length === 0) return;
    log.alarm(
      what === 'order'
        ? 'more was executed of an order than was ordered; positions of the account can only be made smaller'
        : 'the exits of a bracket have executed more than their order; positions in its symbol can only be made smaller',
      { accountId, ...found },
    );
  }

  return {
    forOrder: (order, at, cause) => stop(order, 'order', excessOf(order.chain, order), at, cause),
    async forExits(order, at, cause) {
      const { orderId } = order.ticket;
      const parent =
        order.parentOrderId === null || order.parentOrderId === orderId
          ? order
          : await aggregates.orders.load(orderStream(order.parentOrderId));
      if (parent.status === 'none' || parent.exits.length === 0) return;
      await stop(parent, 'exits', exitsExcess(parent, await exitsOf(aggregates, parent)), at, cause);
    },
  };
}

/** The exits of a bracket order, as far as they are known. */
export async function exitsOf(aggregates: Aggregates, { exits }: LiveOrder): Promise<readonly LiveOrder[]> {
  const states = await Promise.all(exits.map(({ exitOrderId }) => aggregates.orders.load(orderStream(exitOrderId))));
  return states.filter((state) => state.status !== 'none');
}
