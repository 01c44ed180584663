import type { BrokerPosition } from '../../../../contracts/broker-api.ts';
import { workingOrders, type LiveState } from '../../live/live-state.ts';
import { formatQuantity } from '../../numbers/format.ts';
import type { PriceLevel } from './chart-view.ts';

/** The trader's own prices in a symbol: limits and stops of working orders, and the position's average price. */
export function levelsOf(
  symbol: string,
  orders: LiveState['orders'],
  positions: readonly BrokerPosition[],
): PriceLevel[] {
  const ofOrders = workingOrders(orders)
    .filter((order) => order.instrument === symbol)
    .flatMap((order): PriceLevel[] => {
      const what = `${order.side === 'buy' ? 'Buy' : 'Sell'} ${formatQuantity(order.qty)}`;
      return [
        ...(order.limitPrice === undefined
          ? []
          : [{ price: order.limitPrice, title: `${what} limit`, tone: order.side }]),
        ...(order.stopPrice === undefined ? [] : [{ price: order.stopPrice, title: `${what} stop`, tone: order.side }]),
      ];
    });
  const ofPosition = positions
    .filter((position) => position.instrument === symbol)
    .map((position): PriceLevel => ({
      price: position.avgPrice,
      title: `${position.side === 'buy' ? 'Long' : 'Short'} ${formatQuantity(position.qty)}`,
      tone: 'position',
    }));
  return [...ofOrders, ...ofPosition];
}
