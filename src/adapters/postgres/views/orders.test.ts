import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { brokerOrder } from '../../../../contracts/broker-api.ts';
import { START } from '../../../application/ports/event-store.ts';
import { quantity } from '../../../domain/kernel/decimal.ts';
import { systemIds } from '../../node/clock-and-ids.ts';
import { ACCOUNT, AT, openViews, type ViewsUnderTest } from './desk.suite.ts';
import { createOrderQueries, type OrderQueries } from './orders.ts';

const DAY = 24 * 3600;

describe('orders', () => {
  let views: ViewsUnderTest;
  let orders: OrderQueries;
  beforeAll(async () => {
    views = await openViews();
    orders = createOrderQueries(views.pool);
  });
  afterAll(() => views.close());
  beforeEach(() => views.reset());

  const found = async (orderId: string) => {
    await views.catchUp();
    const one = (await orders.findWithLegs(orderId)).find(({ order }) => order.id === orderId);
    if (one === undefined) throw new Error('no such order');
    expect(brokerOrder.strict().parse(one.order)).toEqual(one.order);
    return one;
  };
  const listed = async (): Promise<string[]> => (await orders.listOrders(ACCOUNT)).map(({ id }) => id);
  const past = async (): Promise<string[]> => (await orders.ordersHistory(ACCOUNT, 100)).map(({ id }) => id);

  it('an admitted order is on its way, and stays so until the broker has it', async () => {
    const { desk } = views;
    const own = await desk.assess();
    expect(await found(own.orderId)).toMatchObject({
      accountId: ACCOUNT,
      order: { status: 'placing' },
    });
    await desk.order(own.orderId, { type: 'PlaceOrder', ticket: own, channel: 'broker-api', at: AT });
    expect((await found(own.orderId)).order.status).toBe('placing');
    await desk.order(own.orderId, { type: 'ClaimSubmission', claimId: 'claim', at: AT });
    expect((await found(own.orderId)).order).not.toHaveProperty('message');
    await desk.order(own.orderId, { type: 'RecordUnconfirmed', reason: 'no answer', at: AT });
    expect(await found(own.orderId)).toMatchObject({
      order: { status: 'placing', message: { text: 'Being confirmed', type: 'information' } },
    });
    await desk.tell(own.orderId);
    const working = (await found(own.orderId)).order;
    expect(working).toEqual({
      id: own.orderId,
      instrument: 'AAPL',
      qty: 10,
      side: 'buy',
      type: 'limit',
      status: 'working',
      filledQty: 0,
      limitPrice: 187.25,
      duration: { type: 'day' },
      lastModified: expect.any(Number),
    });
    expect(await listed()).toEqual([own.orderId]);
  });

  it('counts fills exactly and averages their prices', async () => {
    const orderId = await views.desk.send({ quantity: '3' });
    await views.desk.fill(orderId, '1', '1', { price: '0.1' });
    await views.desk.fill(orderId, '1.5', '2.5', { price: '0.2' });
    expect(await found(orderId)).toMatchObject({ order: { status: 'working', filledQty: 2.5, avgPrice: 0.16 } });
    await views.desk.fill(orderId, '0.5', '3', { price: '0.2' });
    expect((await found(orderId)).order.avgPrice).toBe(1 / 6);
    expect((await found(orderId)).order.status).toBe('filled');
  });

  it('a fill that comes late counts and does not bring the order back', async () => {
    const { desk } = views;
    const orderId = await desk.send();
    await desk.tell(orderId, { status: 'cancelled', reason: 'asked for' });
    const { lastModified } = (await found(orderId)).order;
    views.passTime(10);
    await desk.fill(orderId, '4', '4');
    expect((await found(orderId)).order).toMatchObject({
      status: 'cancelled',
      filledQty: 4,
      avgPrice: 187.25,
      lastModified: lastModified + 10,
      message: { text: 'asked for', type: 'information' },
    });
  });

  it('tells how orders ended', async () => {
    const { desk } = views;
    const ends: Record<string, unknown> = {};
    const expired = await desk.send();
    await desk.tell(expired, { status: 'expired' });
    ends[expired] = { status: 'cancelled', message: { text: 'Expired', type: 'information' } };

    const rejected = await desk.place();
    await desk.order(rejected, { type: 'ClaimSubmission', claimId: 'claim', at: AT });
    await desk.order(rejected, { type: 'RecordRejected', code: '403', reason: 'insufficient buying power', at: AT });
    ends[rejected] = { status: 'rejected', message: { text: 'insufficient buying power', type: 'error' } };

    const notReceived = await desk.place();
    await desk.order(notReceived, { type: 'ClaimSubmission', claimId: 'claim', at: AT });
    await desk.order(notReceived, { type: 'RecordUnconfirmed', reason: 'no answer', at: AT });
    await desk.order(notReceived, { type: 'RecordNotReceived', reason: 'The broker knows nothing.', at: AT });
    ends[notReceived] = { status: 'rejected', message: { text: 'The broker knows nothing.', type: 'error' } };

    const notSent = await desk.place();
    await desk.order(notSent, { type: 'RecordNotSent', reason: 'No broker link.', at: AT });
    ends[notSent] = { status: 'rejected', message: { text: 'No broker link.', type: 'error' } };

    const denied = (await desk.assess({ quantity: '300', limitPrice: '500' })).orderId;
    ends[denied] = {
      status: 'rejected',
      message: {
        text: 'The order is worth $150,000.00; at most $50,000.00 is allowed. The position could come to be worth $150,000.00; at most $100,000.00 is allowed. The price is 167.02% away from the market; at most 10% is allowed.',
        type: 'error',
      },
    };
    await views.catchUp();

    const history = await orders.ordersHistory(ACCOUNT, 100);
    expect(Object.fromEntries(history.map((order) => [order.id, order]))).toMatchObject(ends);
    expect(history).toHaveLength(5);
    expect((await listed()).toSorted()).toEqual([expired, rejected, notReceived].toSorted());
    expect((await found(denied)).order.status).toBe('rejected');

    await desk.tell(notReceived);
    expect((await found(notReceived)).order.status).toBe('working');
    expect(await past()).not.toContain(notReceived);
  });

  it('lists open orders of any age, and ended ones for a day; the history has all of them, newest first', async () => {
    const { desk } = views;
    views.passTime(-3 * DAY);
    const open = await desk.send();
    const long = await desk.send();
    await desk.tell(long, { status: 'expired' });
    views.passTime(2 * DAY + 60);
    const recent = await desk.send();
    await desk.tell(recent, { status: 'cancelled' });
    await views.catchUp();
    expect(await listed()).toEqual([recent, open]);
    expect(await past()).toEqual([recent, long]);
    expect((await orders.ordersHistory(ACCOUNT, 1)).map(({ id }) => id)).toEqual([recent]);
    expect(await orders.listOrders('somebody else')).toEqual([]);
  });

  it('a late fill does not bring an old order back into the list', async () => {
    const { desk } = views;
    views.passTime(-2 * DAY);
    const orderId = await desk.send();
    await desk.tell(orderId, { status: 'cancelled' });
    views.passTime(2 * DAY);
    await desk.fill(orderId, '4', '4');
    await views.catchUp();
    expect(await listed()).toEqual([]);
    expect(await past()).toEqual([orderId]);
  });

  it('shows the terms in force, and what the broker would not do', async () => {
    const { desk } = views;
    const orderId = await desk.send();
    const terms = { quantity: '12', limitPrice: '186.5', stopPrice: null, timeInForce: 'gtc' } as const;
    await desk.order(orderId, { type: 'RequestReplace', terms, at: AT });
    await desk.order(orderId, { type: 'RecordReplaceRefused', revision: 1, reason: 'not now', at: AT });
    expect((await found(orderId)).order).toMatchObject({ qty: 10, message: { text: 'not now', type: 'warning' } });
    await desk.order(orderId, { type: 'RequestReplace', terms, at: AT });
    await desk.tell(orderId, { revision: 2, brokerOrderId: 'second' });
    const replaced = (await found(orderId)).order;
    expect(replaced).toMatchObject({ qty: 12, limitPrice: 186.5, duration: { type: 'gtc' }, status: 'working' });
    expect(replaced).not.toHaveProperty('message');
  });

  it('names order types and prices as TradingView does', async () => {
    const { desk } = views;
    const send = async (changes: Parameters<typeof desk.send>[0]) => (await found(await desk.send(changes))).order;
    const common = { limitPrice: null, side: 'sell' } as const;
    expect(await send({ ...common, type: 'market' })).not.toHaveProperty('limitPrice');
    expect(await send({ ...common, type: 'stop', stopPrice: '180' })).toMatchObject({ type: 'stop', stopPrice: 180 });
    expect(await send({ ...common, type: 'stop_limit', stopPrice: '180', limitPrice: '179' })).toMatchObject({
      type: 'stoplimit',
      stopPrice: 180,
      limitPrice: 179,
    });
    const trailing = await send({ ...common, type: 'trailing_stop', trailPrice: '1.37' });
    expect(trailing).toMatchObject({ type: 'stop', isTrailingStop: true, trailingStopPips: 137 });
    expect(trailing).not.toHaveProperty('stopPrice');
    const stop = await send({ ...common, type: 'stop', stopPrice: '180' });
    expect(stop).not.toHaveProperty('isTrailingStop');
    expect(stop).not.toHaveProperty('trailingStopPips');
  });

  it("a bracket's exits wait for their order, and stand for themselves once it is filled", async () => {
    const { desk } = views;
    const parent = await desk.send({ takeProfit: '200', stopLoss: '170' });
    const leg = systemIds.random();
    const ticket = { ...(await desk.assess({ side: 'sell', limitPrice: '200' })), orderId: leg };
    await desk.order(leg, {
      type: 'ObserveOrder',
      ticket,
      brokerOrderId: `B-${leg}`,
      parentOrderId: null,
      role: 'external',
      at: AT,
    });
    expect((await found(leg)).order).toMatchObject({ status: 'working' });
    expect((await found(leg)).order).not.toHaveProperty('parentId');
    await desk.order(leg, {
      type: 'ObserveOrder',
      ticket,
      brokerOrderId: `B-${leg}`,
      parentOrderId: parent,
      role: 'take_profit',
      at: AT,
    });
    expect((await found(leg)).order).toMatchObject({ status: 'inactive', parentId: parent, parentType: 'order' });
    await desk.fill(parent, '10', '10');
    await views.catchUp();
    const both = await orders.findWithLegs(parent);
    expect(both.map(({ order }) => order.status).toSorted()).toEqual(['filled', 'working']);
    expect((await found(leg)).order).not.toHaveProperty('parentId');
    await desk.tell(leg, { status: 'cancelled' });
    expect((await found(leg)).order.status).toBe('cancelled');
  });

  it('shows that a position does not have its stop loss, and which bracket orders must be watched', async () => {
    const { desk } = views;
    const watched = async () => {
      await views.catchUp();
      return (await orders.brackets.toWatch()).map(({ orderId }) => orderId);
    };
    const exits = { takeProfit: '200', stopLoss: '170' };
    const idle = await desk.send(exits);
    const orderId = await desk.send(exits);
    expect(await watched()).toEqual([]);
    await desk.fill(orderId, '4', '4');
    await desk.trade('buy', '1', '187.25');
    expect(await watched()).toEqual([orderId]);
    const record = (open: string, stopped: string, bare: string) =>
      desk.order(orderId, {
        type: 'RecordProtection',
        protection: {
          open: quantity(open),
          stopped: quantity(stopped),
          bare: quantity(bare),
          isRight: bare === '0',
        },
        since: AT,
        at: AT,
      });
    await record('4', '1', '3');
    const shown = await found(orderId);
    expect(shown.order).toMatchObject({
      protection: { since: AT, openQty: 4, protectedQty: 1, bareQty: 3 },
      message: { text: 'The stop loss protects 1 of 4 shares; 3 have none.', type: 'warning' },
    });
    // Still until it was found to be right, also with nothing of it left.
    await desk.trade('sell', '5', '187.25');
    expect(await watched()).toEqual([orderId]);
    await record('0', '0', '0');
    expect((await found(orderId)).order).not.toHaveProperty('protection');
    expect(await watched()).toEqual([]);
    expect((await found(idle)).order).not.toHaveProperty('protection');
  });

  it('knows the orders that are not finished; an admission is given a second to be placed', async () => {
    const { desk } = views;
    views.passTime(-2);
    const forgotten = await desk.assess();
    views.passTime(2);
    const recent = await desk.assess();
    const placed = await desk.place();
    const working = await desk.send();
    const ended = await desk.send();
    await desk.tell(ended, { status: 'expired' });
    await desk.assess({ quantity: '100000' });
    await views.catchUp();
    const both = [forgotten, recent].map(({ orderId }) => ({ orderId, accountId: ACCOUNT }));
    expect(await orders.unfinished.admittedOnly('a second')).toEqual(both.slice(0, 1));
    expect(await orders.unfinished.admittedOnly('any')).toEqual(both);
    const unfinished = await orders.unfinished.placed();
    expect(unfinished).toHaveLength(2);
    expect(unfinished).toEqual(
      expect.arrayContaining([placed, working].map((orderId) => ({ orderId, accountId: ACCOUNT }))),
    );
  });

  it('says up to which event the unfinished orders are known', async () => {
    expect(await orders.unfinished.knownUpTo()).toBe(START);
    await views.pool.query(`insert into projection_checkpoints (loop, position, views) values ('views', '0007', '')`);
    expect(await orders.unfinished.knownUpTo()).toBe('0007');
  });

  it('finds nothing under a name that is none', async () => {
    expect(await orders.findWithLegs('nobody')).toEqual([]);
    expect(await orders.findWithLegs('\0')).toEqual([]);
  });
});
