import type { BrokerOrder } from '../../../../contracts/broker-api.ts';
import { statusOf } from './order-words.ts';

export function OrderStatus({ order }: { order: BrokerOrder }) {
  const { label, tone } = statusOf(order);
  return (
    <>
      <span className={tone === '' ? 'badge' : `badge badge--${tone}`} title={order.message?.text}>
        {label}
      </span>
      {order.protection !== undefined && (
        <span className="badge badge--warn" title={order.message?.text}>
          Not protected
        </span>
      )}
    </>
  );
}
