/** Which orders at the broker can only make a position smaller: they stay where that is all that is allowed. */
import { absolute, NO_QUANTITY, quantity } from '../../domain/kernel/decimal.ts';
import type { Broker, BrokerAccess, BrokerOrder } from '../ports/broker.ts';

/** By the broker's ids; null when the broker does not tell. */
export async function reducingOrders(
  broker: Pick<Broker, 'unfinished' | 'positions'>,
  access: BrokerAccess,
): Promise<ReadonlySet<string> | null> {
  const [open, positions] = await Promise.all([broker.unfinished(access), broker.positions(access)]);
  if (open.kind !== 'found' || positions.kind !== 'found') return null;
  const held = new Map(positions.value.map((each) => [each.symbol, quantity(each.quantity)]));
  const reduces = ({ symbol, side, terms }: BrokerOrder): boolean => {
    const position = held.get(symbol) ?? NO_QUANTITY;
    const ordered = quantity(terms.quantity);
    // One over an amount of dollars has no quantity: nobody knows how much of the position it takes.
    return (side === 'sell' ? position > 0n : position < 0n) && ordered > 0n && ordered <= absolute(position);
  };
  return new Set(open.value.filter(reduces).map(({ brokerOrderId }) => brokerOrderId));
}
