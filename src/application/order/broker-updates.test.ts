import { describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/node/clock-and-ids.ts';
import { execution } from '../../domain/order/samples.suite.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { BrokerOrder, BrokerUpdate } from '../ports/broker.ts';
import { createFollowUpdates } from './follow-broker-updates.ts';
import type { FollowUpdatesNeeds } from './follow-broker-updates.ts';
import { ACCOUNT, brokerOrder, cause, openDesk } from './order-path.suite.ts';
import { createRecordBrokerOrder } from './record-broker-order.ts';
import { createSubmitOrder } from './submit-order.ts';

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** A desk with one working order; the broker's stream brings what the test gives it, its records show what the test says. */
async function following(change: (desk: Desk) => Partial<FollowUpdatesNeeds> = () => ({})) {
  const desk = await openDesk();
  const placed = await desk.placeOrder(desk.order({}, '4'));
  if (placed.kind !== 'placed') throw new Error(placed.kind);
  await createSubmitOrder(desk.needs)(placed.orderId, cause, new AbortController().signal);
  const terms = { quantity: '4', limitPrice: null, stopPrice: null, timeInForce: 'day' } as const;
  const shown = (changes: Partial<BrokerOrder> = {}) => brokerOrder(placed.orderId, { terms, ...changes });
  const looks: string[] = [];
  const there = { order: shown() };
  const records = {
    ...desk.needs.broker,
    byId: (_access: unknown, id: string) => {
      looks.push(id);
      return Promise.resolve({ kind: 'found', value: there.order } as const);
    },
  };
  const needs = { ...desk.needs, store: desk.store, broker: records, records };
  const recordBrokerOrder = createRecordBrokerOrder(needs);
  const told = (changes: Partial<Extract<BrokerUpdate, { kind: 'order' }>>): BrokerUpdate => ({
    kind: 'order',
    order: shown(),
    execution: null,
    amendment: null,
    refused: null,
    reason: null,
    ...changes,
  });
  return {
    ...desk,
    orderId: placed.orderId,
    there,
    looks,
    shown,
    told,
    tell: (...updates: readonly BrokerUpdate[]) =>
      createFollowUpdates({
        ...needs,
        recordBrokerOrder,
        store: desk.store,
        clock: { now: desk.needs.clock.now, sleep: systemClock.sleep },
        updates: {
          async follow(_access, listener) {
            for (const update of updates) await listener.onUpdate(update);
            return 'stopped';
          },
        },
        reconcile: () => Promise.resolve('done'),
        settleReplace: () => Promise.resolve(),
        keepComparing: () => ({ now: () => undefined, ended: Promise.resolve() }),
        ...change(desk),
      })(ACCOUNT, new AbortController().signal),
  };
}

describe('an update', () => {
  it('that undoes an execution is recorded once, also when it comes before the execution', async () => {
    const { told, tell, shown, orderId, typesOf, aggregates } = await following();
    const { brokerOrderId } = shown();
    const bust = told({
      order: shown({ status: 'filled' }),
      amendment: { kind: 'bust', executionId: 'E4', bustId: 'X', at: '2026-03-02T16:00:00.000Z' },
    });
    const filled = told({
      order: shown({ status: 'filled', filledQuantity: '4' }),
      execution: execution('4', '4', { brokerOrderId }),
    });
    await tell(bust, filled, bust);
    expect((await typesOf(orderId)).slice(3)).toEqual(['ExecutionBusted', 'OrderCompleted', 'OrderFilled']);
    expect(await aggregates.orders.load(orderStream(orderId))).toMatchObject({ status: 'filled', filled: 0n });
  });

  it('of a refusal is acted on though recording it fails once, and once only', async () => {
    let failures = 1;
    const { told, tell, shown, orderId, typesOf, aggregates } = await following((desk) => ({
      clock: { now: desk.needs.clock.now, sleep: () => Promise.resolve() },
      aggregates: {
        ...desk.aggregates,
        orders: {
          ...desk.aggregates.orders,
          async handle(...asked) {
            if (asked[1].type === 'RecordCancelRefused' && failures > 0) {
              failures -= 1;
              throw new Error('no answer');
            }
            return desk.aggregates.orders.handle(...asked);
          },
        },
      },
    }));
    const cancel = { type: 'RequestCancel', at: '2026-03-02T15:01:00.000Z' } as const;
    const refusal = told({ order: shown(), refused: 'cancel', reason: 'too late' });
    await aggregates.orders.handle(orderStream(orderId), cancel, cause);
    await tell(refusal);
    expect((await typesOf(orderId)).slice(-2)).toEqual(['CancelRequested', 'CancelRefused']);
    await aggregates.orders.handle(orderStream(orderId), cancel, cause);
    await tell(refusal, refusal);
    expect((await typesOf(orderId)).filter((type) => type === 'CancelRefused')).toHaveLength(2);
  });

  it('that nobody understands is kept, and its order read anew, also when that has ended', async () => {
    const { told, tell, shown, looks, there, orderId, typesOf, alarms } = await following();
    const strange: BrokerUpdate = { kind: 'unreadable', raw: '{}', problem: 'odd', clientOrderId: orderId };
    there.order = shown({ status: 'cancelled' });
    await tell(strange);
    expect((await typesOf(orderId)).slice(-2)).toEqual(['BrokerMessageRecorded', 'OrderCancelled']);
    await tell(strange, told({}));
    expect(looks).toEqual([shown().brokerOrderId, shown().brokerOrderId]);
    expect(alarms).toEqual(Array.from({ length: 2 }, () => 'the broker sent a message that is not understood'));
  });
});
