import { onTestFinished } from 'vitest';

import type { OrderTicket } from '../../domain/order/events.ts';
import { admitted } from '../../domain/risk-policy/samples.suite.ts';
import type { BrokerUnderTest } from './broker.suite.ts';
import type { Broker, BrokerAccess, BrokerOrder, BrokerUpdate } from './broker.ts';

/** A buy limit order far below any price of the cases, so that it rests; each has an id of its own. */
export const sampleTicket = (changes: Partial<OrderTicket> = {}): OrderTicket => ({
  orderId: crypto.randomUUID(),
  accountId: 'account-1',
  symbol: 'AAPL',
  side: 'buy',
  type: 'limit',
  quantity: '10',
  limitPrice: '50',
  stopPrice: null,
  trailPrice: null,
  timeInForce: 'day',
  extendedHours: false,
  takeProfit: null,
  stopLoss: null,
  ...changes,
});

/** Sends an order under its own id; throws unless it was acknowledged. */
export async function submitted(broker: Broker, access: BrokerAccess, ticket: OrderTicket): Promise<BrokerOrder> {
  const outcome = await broker.submit(access, admitted(ticket), ticket.orderId);
  if (outcome.kind !== 'acknowledged') throw new Error(`not acknowledged: ${JSON.stringify(outcome)}`);
  return outcome.order;
}

/** Sends an order, and waits until the venue has it. */
export async function working(
  broker: Broker,
  access: BrokerAccess,
  followed: Followed,
  ticket = sampleTicket(),
): Promise<BrokerOrder> {
  const order = await submitted(broker, access, ticket);
  await followed.until((update) => isAbout(update, order.brokerOrderId) && update.order.status === 'open');
  return order;
}

export type OrderUpdate = Extract<BrokerUpdate, { kind: 'order' }>;

export const isAbout = (update: BrokerUpdate, brokerOrderId: string): update is OrderUpdate =>
  update.kind === 'order' && update.order.brokerOrderId === brokerOrderId;

export interface Followed {
  readonly updates: readonly BrokerUpdate[];
  readonly ended: Promise<'stopped' | 'unauthorized'>;
  /** How often the subscription has stood. */
  connected(): number;
  /** Resolves once the subscription has stood so many times. */
  untilConnected(times: number): Promise<void>;
  /** Resolves once it was said so many times that all is handed over; `updates` holds what was by then. */
  untilCaughtUp(times: number): Promise<void>;
  /** The first update, past ones included, for which the test holds. */
  until(test: (update: BrokerUpdate) => boolean): Promise<BrokerUpdate>;
  /** The execution updates of one order, once there are so many. */
  executions(brokerOrderId: string, count: number): Promise<readonly OrderUpdate[]>;
  /** The busts and corrections of one order, once there are so many. */
  amendments(brokerOrderId: string, count: number): Promise<readonly OrderUpdate[]>;
}

/** Follows an account until the test has finished; resolves when the subscription stands. */
export async function follow({ broker }: BrokerUnderTest, access: BrokerAccess): Promise<Followed> {
  const updates: BrokerUpdate[] = [];
  const stop = new AbortController();
  let connections = 0;
  let caughtUp = 0;
  const watchers = new Set<() => void>();
  const changed = async (): Promise<void> => {
    for (const watcher of watchers) watcher();
  };
  const when = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watcher = (): void => {
        if (!holds()) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
      watcher();
    });

  const listener = {
    onConnected: () => {
      connections += 1;
      return changed();
    },
    onCaughtUp: () => {
      caughtUp += 1;
      void changed();
    },
    onUpdate: (update: BrokerUpdate) => {
      updates.push(update);
      return changed();
    },
    onTrouble: () => undefined,
  };
  const ended = broker.follow(access, listener, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  await when(() => connections > 0);

  async function some(brokerOrderId: string, count: number, test: (update: OrderUpdate) => boolean) {
    const known = (): OrderUpdate[] => updates.filter((update) => isAbout(update, brokerOrderId)).filter(test);
    await when(() => known().length >= count);
    return known();
  }

  return {
    updates,
    ended,
    connected: () => connections,
    untilConnected: (times) => when(() => connections >= times),
    untilCaughtUp: (times) => when(() => caughtUp >= times),
    async until(test) {
      await when(() => updates.some(test));
      return updates.find(test)!;
    },
    executions: (brokerOrderId, count) => some(brokerOrderId, count, ({ execution }) => execution !== null),
    amendments: (brokerOrderId, count) => some(brokerOrderId, count, ({ amendment }) => amendment !== null),
  };
}
