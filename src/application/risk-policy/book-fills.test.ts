import { expect, it } from 'vitest';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { orderStream } from '../../domain/order/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { createAggregates } from '../aggregates.ts';
import { ACCOUNT, brokerOrder, cause, openDesk } from '../order/order-path.suite.ts';
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
