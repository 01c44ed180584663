import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { childOf } from '../../adapters/node/child-signal.ts';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { orderStream } from '../../domain/order/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { createAggregates } from '../aggregates.ts';
import type { BrokerAccess, Readiness } from '../ports/broker.ts';
import { START } from '../ports/event-store.ts';
import { aborted } from '../ports/leases.suite.ts';
import { createOrderDesk } from './order-desk.ts';
import { createCancelOrder, createReplaceOrder } from './change-order.ts';
import { ACCOUNT, brokerOrder, cause, openDesk, USER } from './order-path.suite.ts';
import { createSendCancel, createSendReplace } from './send-requests.ts';
import { createConfirmOrder } from './confirm-order.ts';
import { createSubmitOrder } from './submit-order.ts';

const SWEEP_MS = 3;

/** A desk that sweeps all the time, or only when it begins, over the orders that the test names. */
async function sweepingDesk(how: 'all the time' | 'once' = 'all the time') {
  const desk = await openDesk();
  const orderIds: string[] = [];
  const admitted: string[] = [];
  const cancelled: string[] = [];
  const replaced: string[] = [];
  const swept: (readonly string[])[] = [];
  let following = 0;
  let known = START;
  const listed = (ids: readonly string[]) => Promise.resolve(ids.map((orderId) => ({ orderId, accountId: ACCOUNT })));
  const needs = {
    ...desk.needs,
    broker: {
      ...desk.needs.broker,
      byId: () => Promise.resolve({ kind: 'unknown', reason: 'time-out' } as const),
      cancel: (_access: BrokerAccess, id: string) => {
        cancelled.push(id);
        return Promise.resolve({ kind: 'accepted' } as const);
      },
      replace: (_access: BrokerAccess, id: string) => {
        replaced.push(id);
        return Promise.resolve({ kind: 'unknown', reason: 'time-out' } as const);
      },
    },
    // Long waits pass at once, so that what would block for minutes blocks for ever if it blocks at all.
    clock: {
      now: desk.needs.clock.now,
      sleep: (ms: number, signal: AbortSignal) => (ms === SWEEP_MS && how === 'once' ? aborted(signal) : wait(1)),
    },
    store: desk.store,
    unfinished: {
      placed: () => listed(orderIds),
      admittedOnly: () => listed(admitted.splice(0)),
      knownUpTo: () => Promise.resolve(known),
    },
    childOf,
    sweepEveryMs: SWEEP_MS,
  };
  const orders = createOrderDesk({
    ...needs,
    submit: createSubmitOrder(needs),
    confirm: createConfirmOrder(needs),
    sendCancel: createSendCancel(needs),
    sendReplace: createSendReplace(needs),
    sweepAccount: (_accountId, ids) => {
      swept.push(ids);
      return Promise.resolve();
    },
    async followLinkedAccounts(signal) {
      following += 1;
      await aborted(signal);
      following -= 1;
    },
  });
  const knowAll = async () => {
    known = (await desk.store.readAll(START, 100)).at(-1)?.position ?? START;
  };
  return {
    ...desk,
    orderIds,
    admitted,
    cancelled,
    replaced,
    swept,
    follows: () => following,
    knowAll,
    orders,
  };
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

  it('sends what was placed before it began to run, and what is placed afterwards', async () => {
    const desk = await sweepingDesk('once');
    const before = await place(desk);
    desk.orderIds.push(before);
    await desk.knowAll();
    const ending = new AbortController();
    const running = desk.orders.run(ending.signal);
    await expect.poll(() => desk.typesOf(before)).toContain('OrderAcknowledged');
    const afterwards = await place(desk);
    await expect.poll(() => desk.typesOf(afterwards)).toContain('OrderAcknowledged');
    ending.abort();
    await running;
    expect(desk.sent).toEqual([before, afterwards]);
  });

  it('looks anew at orders that another desk has attended to when it begins to run', async () => {
    const desk = await sweepingDesk('once');
    const orderId = await place(desk);
    desk.orderIds.push(orderId);
    // As this process remembers it, the order works and nothing is asked for.
    const at = desk.needs.clock.now();
    await desk.needs.aggregates.orders.handle(
      orderStream(orderId),
      { type: 'ClaimSubmission', claimId: 'c', at },
      cause,
    );
    await desk.needs.recordBrokerOrder(
      desk.access,
      { order: brokerOrder(orderId), execution: null, reason: null },
      cause,
    );
    const elsewhere = createAggregates({ store: desk.store, ids: systemIds });
    await elsewhere.orders.handle(orderStream(orderId), { type: 'RequestCancel', at }, cause);
    await desk.knowAll();
    const ending = new AbortController();
    const running = desk.orders.run(ending.signal);
    await expect.poll(() => desk.cancelled).toContain(`B-${orderId}`);
    ending.abort();
    await running;
  });

  it('holds an order back while the gate is closed, and sends it when it opens', async () => {
    const desk = await sweepingDesk();
    desk.gate.close();
    const ending = new AbortController();
    const following = desk.orders.follow(START, ending.signal);
    const orderId = await place(desk);
    await expect.poll(() => desk.typesOf(orderId)).toEqual(['OrderPlaced', 'SubmissionDelayed']);
    expect(desk.sent).toEqual([]);
    desk.gate.open();
    await expect.poll(() => desk.typesOf(orderId)).toContain('OrderAcknowledged');
    ending.abort();
    await following;
    expect(desk.sent).toEqual([orderId]);
  });

  it('holds a change back while the gate is closed, and passes a cancellation on all the same', async () => {
    const desk = await sweepingDesk();
    const ending = new AbortController();
    const following = desk.orders.follow(START, ending.signal);
    const [changed, cancelled] = [await place(desk), await place(desk)];
    for (const orderId of [changed, cancelled])
      await expect.poll(() => desk.typesOf(orderId)).toContain('OrderAcknowledged');
    desk.gate.close();
    const replace = createReplaceOrder(desk.placing);
    for (const orderId of [changed, cancelled]) {
      const request = { userId: USER, accountId: ACCOUNT, orderId, cause, quantity: '2' };
      const asked = await replace({ ...request, limitPrice: null, stopPrice: null, timeInForce: null });
      expect(asked).toMatchObject({ kind: 'done' });
    }
    await createCancelOrder(desk.placing)({ userId: USER, accountId: ACCOUNT, orderId: cancelled, cause });
    await expect.poll(() => desk.cancelled).toEqual([`B-${cancelled}`]);
    expect(desk.replaced).toEqual([]);
    desk.gate.open();
    await expect.poll(() => desk.replaced).toEqual([`B-${changed}`]);
    ending.abort();
    await following;
  });

  it('has the working orders of each account compared with the broker’s, over and over', async () => {
    const desk = await sweepingDesk();
    const ending = new AbortController();
    const following = desk.orders.follow(START, ending.signal);
    const [one, other] = [await place(desk), await place(desk)];
    for (const orderId of [one, other]) await expect.poll(() => desk.typesOf(orderId)).toContain('OrderAcknowledged');
    desk.orderIds.push(one, other);
    const sweeping = desk.orders.sweep(ending.signal);
    await expect.poll(() => desk.swept.length).toBeGreaterThan(2);
    expect(new Set(desk.swept.map((ids) => ids.join()))).toEqual(new Set([`${one},${other}`]));
    ending.abort();
    await Promise.all([following, sweeping]);
  });

  it('follows the linked accounts as long as it runs', async () => {
    const desk = await sweepingDesk('once');
    const ending = new AbortController();
    const running = desk.orders.run(ending.signal);
    await expect.poll(() => desk.follows()).toBe(1);
    ending.abort();
    await running;
    expect(desk.follows()).toBe(0);
  });

  it('tells a person of an order that stays in doubt', async () => {
    const desk = await sweepingDesk();
    desk.script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    desk.script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    const orderId = await place(desk);
    desk.orderIds.push(orderId);
    const ending = new AbortController();
    const sweeping = desk.orders.sweep(ending.signal);
    await expect.poll(() => desk.typesOf(orderId)).toContain('SubmissionUnconfirmed');
    desk.passTime(60);
    await expect.poll(() => desk.alarms).toEqual(['an order stays in doubt']);
    ending.abort();
    await sweeping;
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

  it('looks up an order in doubt until it is settled', async () => {
    const desk = await sweepingDesk('once');
    let lookUps = 0;
    desk.script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    desk.script.lookUp = (id) => {
      lookUps += 1;
      return lookUps < 20 ? { kind: 'unknown', reason: 'time-out' } : { kind: 'found', value: brokerOrder(id) };
    };
    const ending = new AbortController();
    const following = desk.orders.follow(START, ending.signal);
    const orderId = await place(desk);
    await expect.poll(() => desk.typesOf(orderId)).toContain('OrderAcknowledged');
    ending.abort();
    await following;
    expect([lookUps, desk.sent]).toEqual([20, [orderId]]);
  });

  it('sends a cancel while a change of the order waits for its turn', async () => {
    const desk = await sweepingDesk('once');
    const ending = new AbortController();
    const following = desk.orders.follow(START, ending.signal);
    const orderId = await place(desk);
    await expect.poll(() => desk.typesOf(orderId)).toContain('OrderAcknowledged');
    let isWaiting = false;
    const turn = aborted(ending.signal).then((): Readiness => ({ kind: 'held', reason: 'no turn', retryAfterMs: 1 }));
    desk.script.ready = () => {
      isWaiting = true;
      return turn;
    };
    const ask = (command: Parameters<typeof desk.aggregates.orders.handle>[1]) =>
      desk.aggregates.orders.handle(orderStream(orderId), command, cause);
    const terms = { quantity: '2', limitPrice: null, stopPrice: null, timeInForce: 'day' } as const;
    await ask({ type: 'RequestReplace', terms, at: desk.needs.clock.now() });
    await expect.poll(() => isWaiting).toBe(true);
    await ask({ type: 'RequestCancel', at: desk.needs.clock.now() });
    await expect.poll(() => desk.cancelled).toEqual([`B-${orderId}`]);
    ending.abort();
    await following;
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

  it('places at once what was admitted before it began to run, though the read model does not show it yet', async () => {
    const desk = await sweepingDesk();
    const orderId = await place(desk);
    const other = await sweepingDesk('once');
    for (const event of await desk.store.readStream(riskStream(ACCOUNT))) {
      const { id, type, data, metadata } = event;
      await other.store.append(riskStream(ACCOUNT), 'any', [{ id, type, data, metadata }]);
    }
    const [admitted] = await other.store.readStream(riskStream(ACCOUNT), { direction: 'backwards', limit: 1 });
    other.passTime((Date.parse(admitted?.recordedAt ?? '') - Date.parse(other.needs.clock.now())) / 1000);
    const ending = new AbortController();
    const running = other.orders.run(ending.signal);
    await expect.poll(() => other.typesOf(orderId)).toContain('OrderPlaced');
    ending.abort();
    await running;
  });
});
