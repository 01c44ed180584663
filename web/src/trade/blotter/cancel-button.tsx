import { useState } from 'react';
import type { BrokerOrder } from '../../../../contracts/broker-api.ts';
import { cancelOrder } from '../../api/broker-api.ts';
import { describeFailure } from '../../api/failure.ts';
import { useToasts } from '../../ui/toast-context.ts';
import { orderName } from './order-words.ts';

/** Asks for the cancellation; the row changes when the broker has confirmed it. */
export function CancelButton({ order, accountId }: { order: BrokerOrder; accountId: string }) {
  const { show } = useToasts();
  const [asked, setAsked] = useState(false);

  async function cancel(): Promise<void> {
    if (asked) return;
    setAsked(true);
    let reason: string | null = null;
    try {
      reason = (await cancelOrder(accountId, order.id))?.message ?? null;
    } catch (thrown) {
      reason = describeFailure(thrown);
    }
    if (reason === null) return;
    setAsked(false);
    show({ tone: 'bad', title: `Not cancelled: ${orderName(order)}`, detail: reason });
  }

  return (
    <button
      type="button"
      className="button button--quiet button--small"
      aria-label={`Cancel ${orderName(order)}`}
      aria-disabled={asked}
      onClick={() => void cancel()}
    >
      {asked ? 'Cancelling…' : 'Cancel'}
    </button>
  );
}
