/** Putting other parts behind the ports that the bugs have in common. */
import type { Container } from 'inversify';
import type { Aggregates } from '../../../src/application/aggregates.ts';
import type { Broker } from '../../../src/application/ports/broker.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { PORT, replacePart } from '../../../src/bootstrap/container.ts';

/** Some abilities of the broker as `make` makes them of the real ones. */
export const withBroker = (container: Container, make: (broker: Broker) => Partial<Broker>): void =>
  replacePart(container, PORT.alpaca, (alpaca) => ({
    ...alpaca,
    broker: { ...alpaca.broker, ...make(alpaca.broker) },
  }));

/** Some abilities of the event store as `make` makes them of the real ones. */
export const withStore = (container: Container, make: (store: EventStore) => Partial<EventStore>): void =>
  replacePart(container, PORT.bareStore, (store) => ({
    append: (stream, expected, events) => store.append(stream, expected, events),
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (after, limit) => store.readAll(after, limit),
    subscribe: (after, signal, scope) => store.subscribe(after, signal, scope),
    ...make(store),
  }));

/** Some abilities of the orders' handler as `make` makes them of the real ones. */
export const withOrders = (
  container: Container,
  make: (orders: Aggregates['orders']) => Partial<Aggregates['orders']>,
): void =>
  replacePart(container, PORT.aggregates, (aggregates) => ({
    ...aggregates,
    orders: { ...aggregates.orders, ...make(aggregates.orders) },
  }));

/** Waiting by the clock of the process, whatever that is. */
export function waitFor(container: Container): (milliseconds: number) => Promise<void> {
  const clock = container.get(PORT.clock);
  const never = new AbortController().signal;
  return (milliseconds) => clock.sleep(milliseconds, never);
}
