/** A broker as one process reaches it, for tests in which processes die. */
import type { Broker } from '../ports/broker.ts';

/** The same broker, of which a dead process never hears again, and which never hears of it. */
export function withinLife(broker: Broker, isDead: () => boolean): Broker {
  const never = new Promise<never>(() => undefined);
  return new Proxy(broker, {
    get: (target, name: keyof Broker) =>
      isDead()
        ? () => never
        : (...args: readonly never[]) => (target[name] as (...all: readonly never[]) => unknown)(...args),
  });
}
