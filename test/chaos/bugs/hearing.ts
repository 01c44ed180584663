/** Bugs in taking in what the broker says. */
import type { BrokerOrder, LookUp, OrderUpdates } from '../../../src/application/ports/broker.ts';
import { plus, quantity, toText } from '../../../src/domain/kernel/decimal.ts';
import type { Execution } from '../../../src/domain/order/events.ts';
import { isFinal } from '../../../src/domain/order/state.ts';
import type { Bug } from './bug.ts';
import { withBroker, withOrders } from './parts.ts';

type Follow = OrderUpdates['follow'];
type Told = Extract<Parameters<Parameters<Follow>[1]['onUpdate']>[0], { kind: 'order' }>;

/** Updates as `change` makes them of those that come. */
const changed =
  (follow: Follow, change: (update: Told) => Told): Follow =>
  (access, listener, signal) =>
    follow(
      access,
      { ...listener, onUpdate: (update) => listener.onUpdate(update.kind === 'order' ? change(update) : update) },
      signal,
    );

export const HEARING: readonly Bug[] = [
  {
    name: 'no-backfill',
    sentence: 'What happened while nobody listened is never asked for.',
    breaks: ['I1', 'I3', 'I6'],
    plant: (container) =>
      withBroker(container, () => ({
        submittedAfter: async () => ({ kind: 'found', value: [], unread: 0 }),
        unfinished: async () => ({ kind: 'found', value: [], unread: 0 }),
        byId: async () => ({ kind: 'unknown', reason: 'not asked' }),
      })),
  },
  {
    name: 'fills-not-deduplicated',
    sentence: 'Each message of an execution counts, also the second one of the same execution.',
    breaks: ['I4'],
    plant: (container) =>
      withBroker(container, ({ follow }) => {
        const counted = new Map<string, string>();
        const again = (execution: Execution): Execution => {
          const before = counted.get(execution.brokerOrderId) ?? '0';
          const cumulativeQuantity = toText(plus(quantity(before), quantity(execution.quantity)));
          counted.set(execution.brokerOrderId, cumulativeQuantity);
          return { ...execution, executionId: null, cumulativeQuantity };
        };
        return {
          follow: changed(follow, (update) =>
            update.execution === null ? update : { ...update, execution: again(update.execution) },
          ),
        };
      }),
  },
  {
    name: 'cancel-is-terminal',
    sentence: 'An order whose cancellation the broker has only taken note of is recorded as cancelled.',
    breaks: ['I5'],
    plant: (container) =>
      withBroker(container, ({ follow, byId, byClientOrderId }) => {
        const hasty = (order: BrokerOrder): BrokerOrder =>
          order.underWay === 'cancel' ? { ...order, status: 'cancelled', underWay: null } : order;
        const found = (look: LookUp<BrokerOrder>): LookUp<BrokerOrder> =>
          look.kind === 'found' ? { ...look, value: hasty(look.value) } : look;
        return {
          follow: changed(follow, (update) => ({ ...update, order: hasty(update.order) })),
          byId: async (...asked) => found(await byId(...asked)),
          byClientOrderId: async (...asked) => found(await byClientOrderId(...asked)),
        };
      }),
  },
  {
    name: 'late-fills-dropped',
    sentence: 'What the broker executes of an order after its end is ignored.',
    breaks: ['I3', 'I6'],
    plant: (container) =>
      withOrders(container, (orders) => ({
        async handle(stream, command, ...rest) {
          const state = command.type === 'RecordReport' ? await orders.load(stream) : null;
          if (state === null || state.status === 'none' || !isFinal(state))
            return orders.handle(stream, command, ...rest);
          return { kind: 'done', events: [], state, position: null };
        },
      })),
  },
];
