import type { BrokerOrder } from '../../../../contracts/broker-api.ts';
import { formatPrice, formatQuantity } from '../../numbers/format.ts';

const STATUS: Record<BrokerOrder['status'], { label: string; tone: '' | 'accent' | 'up' | 'down' | 'warn' }> = {
  placing: { label: 'Placing', tone: 'warn' },
  inactive: { label: 'Waiting', tone: '' },
  working: { label: 'Working', tone: 'accent' },
  filled: { label: 'Filled', tone: 'up' },
  cancelled: { label: 'Cancelled', tone: '' },
  /** The surface has one word for what we denied, the broker rejected, and what never arrived; the story says which. */
  rejected: { label: 'Not placed', tone: 'down' },
};

export const statusOf = (order: BrokerOrder): (typeof STATUS)[BrokerOrder['status']] => STATUS[order.status];

export const sideWord = (side: 'buy' | 'sell'): string => (side === 'buy' ? 'Buy' : 'Sell');

/** Type and prices: `Market`, `Limit 187.25`, `Stop 180.00, limit 179.50`, `Trailing stop 0.50`. */
export function typeWords(order: BrokerOrder): string {
  const stop = order.stopPrice === undefined ? '' : ` ${formatPrice(order.stopPrice)}`;
  const limit = order.limitPrice === undefined ? '' : ` ${formatPrice(order.limitPrice)}`;
  if (order.isTrailingStop === true) return `Trailing stop${stop}`;
  switch (order.type) {
    case 'market':
      return 'Market';
    case 'limit':
      return `Limit${limit}`;
    case 'stop':
      return `Stop${stop}`;
    case 'stoplimit':
      return `Stop${stop}, limit${limit}`;
  }
}

/** Enough to tell orders apart in the names of their buttons: `buy 10 AAPL, Limit 187.25`. */
export const orderName = (order: BrokerOrder): string =>
  `${order.side} ${formatQuantity(order.qty)} ${order.instrument}, ${typeWords(order)}`;
