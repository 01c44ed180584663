import { describe, expect, it } from 'vitest';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { toText } from '../../domain/kernel/decimal.ts';
import { netQuantity } from '../../domain/kernel/lots.ts';
import { orderStream } from '../../domain/order/events.ts';
import { execution } from '../../domain/order/samples.suite.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
import type { RiskState } from '../../domain/risk-policy/state.ts';
import { createAggregates } from '../aggregates.ts';
import { ACCOUNT, brokerOrder, cause, openDesk } from '../order/order-path.suite.ts';
import type { Learnt } from '../order/record-broker-order.ts';
import { createSubmitOrder } from '../order/submit-order.ts';
import type { EventStore, RecordedEvent } from '../ports/event-store.ts';
import { createBookFills } from './book-fills.ts';

const QUIET = { info: () => undefined, warn: () => undefined, alarm: () => undefined };

/** A working limit order, or one whose sending was never answered, and what the broker says of it. */
async function sentOrder(sent: 'working' | 'unconfirmed' = 'working') {
  const desk = await openDesk();
  if (sent === 'unconfirmed') desk.script.submit = () => ({ kind: 'unknown', reason: 'no answer' });
  const limit = { ...desk.order().terms, type: 'limit', limitPrice: '100' } as const;
  const placed = await desk.placeOrder(desk.order({ terms: limit }));
  if (placed.kind !== 'placed') throw new Error(placed.kind);
  const { orderId } = placed;
  await createSubmitOrder(desk.needs)(orderId, cause, new AbortController().signal);
  const told = (status: 'cancelled' | 'open') => ({
    order: brokerOrder(orderId, { status, type: 'limit', terms: { ...limit } }),
    execution: null,
    reason: null,
  });
  return {
    ...desk,
    orderId,
    told,
    event: async (type: string): Promise<RecordedEvent> => {
      const found = (await desk.store.readStream(orderStream(orderId))).findLast((each) => each.type === type);
      if (found === undefined) throw new Error(`${type} is not recorded`);
      return found;
    },
    reserved: async () => (await desk.aggregates.risk.load(riskStream(ACCOUNT))).reservations.has(orderId),
  };
}

/** A process that stands still right after it has read a stream for the nth time, until it is let go. */
function stoppedAfterReading(store: EventStore, stream: string, nth: number) {
  let reads = 0;
  let letGo = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let reached = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const slow: EventStore = {
    ...store,
    async readStream(name, options) {
      const events = await store.readStream(name, options);
      if (name === stream && (reads += 1) === nth) {
        reached();
        await gone;
      }
      return events;
    },
  };
  const bookFills = createBookFills({
    aggregates: createAggregates({ store: slow, ids: systemIds }),
    pass: () => undefined,
    log: QUIET,
  });
  return { bookFills, stopped, letGo };
}

it('frees the reservation of an order that has ended, and keeps that of one that has not', async () => {
  const { aggregates, needs, access, orderId, told, event, reserved } = await sentOrder();
  const bookFills = createBookFills({ aggregates, pass: () => undefined, log: QUIET });
  await bookFills(await event('OrderAcknowledged'));
  expect(await reserved()).toBe(true);
  await needs.recordBrokerOrder(access, told('cancelled'), cause);
  for (let times = 0; times < 2; times += 1) await bookFills(await event('OrderCancelled'));
  expect(await reserved()).toBe(false);
  expect((await aggregates.orders.load(orderStream(orderId))).status).toBe('cancelled');
});

it.each([1, 2])(
  'a process that stood still over the end of an order (after read %i) does not bring its reservation back',
  async (nth) => {
    const { store, aggregates, needs, access, orderId, told, event, reserved } = await sentOrder();
    const late = stoppedAfterReading(store, orderStream(orderId), nth);
    const adjusting = late.bookFills(await event('OrderAcknowledged'));
    await late.stopped;
    await needs.recordBrokerOrder(access, told('cancelled'), cause);
    await createBookFills({ aggregates, pass: () => undefined, log: QUIET })(await event('OrderCancelled'));
    late.letGo();
    await adjusting;
    expect(await reserved()).toBe(false);
  },
);

it('a process that stood still over the return of an order that was given up keeps its reservation', async () => {
  const { store, aggregates, needs, access, orderId, told, event, reserved } = await sentOrder('unconfirmed');
  const stream = orderStream(orderId);
  const givenUp = { type: 'RecordNotReceived', reason: 'not there', at: needs.clock.now() } as const;
  await aggregates.orders.handle(stream, givenUp, cause);
  const late = stoppedAfterReading(store, stream, 1);
  const releasing = late.bookFills(await event('OrderNotReceived'));
  await late.stopped;
  await needs.recordBrokerOrder(access, told('open'), cause);
  await createBookFills({ aggregates, pass: () => undefined, log: QUIET })(await event('OrderAcknowledged'));
  late.letGo();
  await releasing;
  expect(await reserved()).toBe(true);
});

describe('what people must know of', () => {
  async function executing() {
    const sent = await sentOrder();
    const { aggregates, needs, access, orderId, told, alarms, event } = sent;
    const bookFills = createBookFills({ aggregates, pass: () => undefined, log: needs.log });
    const executed = execution('1', '1', { brokerOrderId: `B-${orderId}`, executionId: 'E1', price: '100' });
    return {
      ...sent,
      executed,
      record: async (learnt: Partial<Learnt>, filledQuantity = '1') => {
        const order = { ...told('open').order, filledQuantity, updatedAt: needs.clock.now() };
        await needs.recordBrokerOrder(access, { order, execution: null, reason: null, ...learnt }, cause);
      },
      book: async (type: string) => bookFills(await event(type)),
      alarms,
      risk: () => aggregates.risk.load(riskStream(ACCOUNT)),
    };
  }
  const held = (state: RiskState) => toText(netQuantity(holdingOf(state, 'AAPL')));

  it('is an execution after the end: it is booked, and alarmed', async () => {
    const { record, book, told, needs, access, executed, alarms, risk } = await executing();
    await needs.recordBrokerOrder(access, told('cancelled'), cause);
    await record({ execution: executed });
    await book('OrderFilled');
    expect(held(await risk())).toBe('1');
    expect(alarms).toEqual(['an execution came after its order had ended or had nothing left']);
  });

  it('is an execution that the broker has undone: it is taken back once, and alarmed', async () => {
    const { record, book, executed, alarms, risk } = await executing();
    await record({ execution: executed });
    await book('OrderFilled');
    expect(alarms).toEqual([]);
    const bust = { kind: 'bust', executionId: 'E1', bustId: 'X1', at: executed.executedAt } as const;
    await record({ amendment: bust }, '0');
    await book('ExecutionBusted');
    expect(held(await risk())).toBe('0');
    expect(alarms).toEqual(['the broker has busted an execution']);
  });

  it('is one that it has corrected: it is booked as it counts now, and alarmed', async () => {
    const { record, book, executed, alarms, risk } = await executing();
    await record({ execution: executed });
    await book('OrderFilled');
    const corrected = { quantity: '0.5', price: '99' };
    const at = executed.executedAt;
    await record({ amendment: { kind: 'correction', executionId: 'E1', correctedId: 'E2', corrected, at } }, '0.5');
    await book('ExecutionCorrected');
    expect(held(await risk())).toBe('0.5');
    expect(alarms).toEqual(['the broker has corrected an execution']);
  });

  it('is more than was ordered: it is booked, alarmed, and stops what would open a position', async () => {
    const { record, book, executed, orderId, alarms, risk } = await executing();
    await record({ execution: executed });
    await book('OrderFilled');
    await record({ execution: { ...executed, executionId: 'E2', cumulativeQuantity: '2' } }, '2');
    await book('OrderFilled');
    expect(held(await risk())).toBe('2');
    expect(alarms).toEqual([
      'more was executed of an order than was ordered; positions of the account can only be made smaller',
      'an execution came after its order had ended or had nothing left',
    ]);
    expect([...(await risk()).overfills.values()]).toMatchObject([{ orderId, cause: 'order', cleared: false }]);
  });
});
