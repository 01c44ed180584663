import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { orderStream } from '../../domain/order/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { START } from '../ports/event-store.ts';
import { createOrderDesk } from './order-desk.ts';
import { ACCOUNT, brokerOrder, openDesk } from './order-path.suite.ts';
import { createSendCancel, createSendReplace } from './send-requests.ts';
import { createConfirmOrder, createSubmitOrder } from './submit-order.ts';

/** A desk that sweeps all the time, over the orders that the test names. */
async function sweepingDesk() {
  const desk = await openDesk();
  const orderIds: string[] = [];
  const admitted: string[] = [];
  const listed = (ids: readonly string[]) => Promise.resolve(ids.map((orderId) => ({ orderId, accountId: ACCOUNT })));
  const needs = {
    ...desk.needs,
    broker: { ...desk.needs.broker, byId: () => Promise.resolve({ kind: 'unknown', reason: 'time-out' } as const) },
    // Long waits pass at once, so that what would block for minutes blocks for ever if it blocks at all.
    clock: { now: desk.needs.clock.now, sleep: () => wait(1) },
    store: desk.store,
    unfinished: {
      placed: () => listed(orderIds),
      admittedOnly: () => listed(admitted.splice(0)),
      knownUpTo: () => Promise.resolve(START),
    },
    childOf: (parent: AbortSignal) => {
      const child = new AbortController();
      return { signal: AbortSignal.any([parent, child.signal]), abort: () => child.abort() };
    },
    sweepEveryMs: 1,
  };
  const orders = createOrderDesk({
    ...needs,
    submit: createSubmitOrder(needs),
    confirm: createConfirmOrder(needs),
    sendCancel: createSendCancel(needs),
    sendReplace: createSendReplace(needs),
  });
  return { ...desk, orderIds, admitted, orders };
}

async function place(desk: Awaited<ReturnType<typeof sweepingDesk>>): Promise<string> {
  const placed = await desk.placeOrder(desk.order());
  if (placed.kind !== 'placed') throw new Error(placed.kind);
  return placed.orderId;
}

describe('the order desk', () => {
  it('sends what is placed as soon as it is told', async () => {
    const desk = await sweepingDesk();
    const ending = new AbortController();
    const following = desk.orders.follow(START, ending.signal);
    const orderId = await place(desk);
    await expect.poll(() => desk.typesOf(orderId)).toContain('OrderAcknowledged');
    ending.abort();
    await following;
    expect(desk.sent).toEqual([orderId]);
  });

  it('goes on sweeping while one order stays in doubt', async () => {
    const desk = await sweepingDesk();
    const doubtful = await place(desk);
    desk.script.submit = (id) =>
      id === doubtful ? { kind: 'unknown', reason: 'time-out' } : { kind: 'acknowledged', order: brokerOrder(id) };
    desk.script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    desk.orderIds.push(doubtful);
    const ending = new AbortController();
    const sweeping = desk.orders.sweep(ending.signal);
    await expect.poll(() => desk.typesOf(doubtful)).toContain('SubmissionUnconfirmed');
    const other = await place(desk);
    desk.orderIds.push(other);
    await expect.poll(() => desk.typesOf(other)).toContain('OrderAcknowledged');
    ending.abort();
    await sweeping;
    expect(desk.sent).toEqual([doubtful, other]);
  });

  it('sweeps past orders that can not be read, known before or not, and leaves them alone', async () => {
    const desk = await sweepingDesk();
    const known = await place(desk);
    for (const orderId of [known, 'unknown']) await desk.putUnreadable(orderStream(orderId));
    const orderId = await place(desk);
    desk.orderIds.push(known, 'unknown', orderId);
    const ending = new AbortController();
    const sweeping = desk.orders.sweep(ending.signal);
    await expect.poll(() => desk.typesOf(orderId)).toContain('OrderAcknowledged');
    ending.abort();
    await sweeping;
    expect(desk.sent).toEqual([orderId]);
    expect(desk.warnings).toEqual([]);
    expect(desk.alarms).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('can not be read') as string));
  });

  it('places what was admitted and left by a dead process, with the age of its admission', async () => {
    const desk = await sweepingDesk();
    const orderId = await place(desk);
    const other = await sweepingDesk();
    for (const event of await desk.store.readStream(riskStream(ACCOUNT))) {
      const { id, type, data, metadata } = event;
      await other.store.append(riskStream(ACCOUNT), 'any', [{ id, type, data, metadata }]);
    }
    other.passTime(3_600);
    other.admitted.push(orderId);
    other.orderIds.push(orderId);
    const ending = new AbortController();
    const sweeping = other.orders.sweep(ending.signal);
    await expect.poll(() => other.typesOf(orderId)).toEqual(['OrderPlaced', 'OrderNotSent']);
    ending.abort();
    await sweeping;
    expect(other.sent).toEqual([]);
  });
});
