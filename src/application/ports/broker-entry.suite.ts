import { expect, it } from 'vitest';

import { clientOrderId } from '../../domain/order/client-order-id.ts';
import type { OrderTicket } from '../../domain/order/events.ts';
import { admitted, changeAdmitted } from '../../domain/risk-policy/samples.suite.ts';
import { follow, isAbout, sampleTicket, submitted, working } from './broker-samples.suite.ts';
import type { BrokerUnderTest } from './broker.suite.ts';

export function entryCases(under: () => BrokerUnderTest): void {
  it('an order is acknowledged as it was sent, under the id that we gave it', async () => {
    const { broker, openAccount, ledger } = under();
    const access = await openAccount();
    const ticket = sampleTicket();
    const order = await submitted(broker, access, ticket);
    expect(order).toMatchObject({
      clientOrderId: ticket.orderId,
      symbol: 'AAPL',
      side: 'buy',
      type: 'limit',
      terms: { quantity: '10', limitPrice: '50', stopPrice: null, timeInForce: 'day' },
      filledQuantity: '0',
      replacedBy: null,
      replaces: null,
      legs: [],
    });
    expect(await ledger(access)).toEqual([
      { brokerOrderId: order.brokerOrderId, clientOrderId: ticket.orderId, filledQuantity: '0' },
    ]);
  });

  it.each<[string, Partial<OrderTicket>]>([
    ['market', { type: 'market', limitPrice: null }],
    ['fractional market', { type: 'market', limitPrice: null, quantity: '0.123456789' }],
    ['stop', { type: 'stop', limitPrice: null, stopPrice: '400' }],
    ['stop limit', { type: 'stop_limit', stopPrice: '400', limitPrice: '401.5' }],
    ['trailing stop', { type: 'trailing_stop', limitPrice: null, trailPrice: '2.5' }],
    ['limit until cancelled', { timeInForce: 'gtc' }],
    ['immediate or cancel', { timeInForce: 'ioc' }],
    ['fill or kill', { timeInForce: 'fok' }],
    ['limit in extended hours', { extendedHours: true }],
  ])('a %s order is acknowledged', async (_name, changes) => {
    const { broker, openAccount, setPrice } = under();
    await setPrice('AAPL', '100');
    const ticket = sampleTicket(changes);
    const order = await submitted(broker, await openAccount(), ticket);
    expect(order).toMatchObject({
      type: ticket.type,
      terms: {
        quantity: ticket.quantity,
        limitPrice: ticket.limitPrice,
        stopPrice: ticket.stopPrice,
        timeInForce: ticket.timeInForce,
      },
      trailPrice: ticket.trailPrice,
      extendedHours: ticket.extendedHours,
    });
  });

  it('a bracket order brings its exits, which wait', async () => {
    const { broker, openAccount, setPrice } = under();
    await setPrice('AAPL', '100');
    const order = await submitted(broker, await openAccount(), sampleTicket({ takeProfit: '60', stopLoss: '40.5' }));
    expect(order.legs).toHaveLength(2);
    const [profit, loss] = [...order.legs].sort((a, b) => a.type.localeCompare(b.type));
    expect(profit).toMatchObject({ side: 'sell', type: 'limit', terms: { limitPrice: '60' }, status: 'pending' });
    expect(loss).toMatchObject({ side: 'sell', type: 'stop', terms: { stopPrice: '40.5' }, status: 'pending' });
  });

  it('a refusal is in the words of the broker, and leaves nothing behind', async () => {
    const { broker, openAccount, ledger } = under();
    const access = await openAccount();
    for (const changes of [{ quantity: '100000' }, { limitPrice: '50.001' }, { symbol: 'NO.SUCH' }]) {
      const ticket = sampleTicket(changes);
      const outcome = await broker.submit(access, admitted(ticket), ticket.orderId);
      expect(outcome).toMatchObject({
        kind: 'rejected',
        code: expect.any(String),
        reason: expect.stringMatching(/\w+/),
      });
    }
    expect(await ledger(access)).toEqual([]);
  });

  it('the same order sent twice is there once', async () => {
    const { broker, openAccount, ledger } = under();
    const access = await openAccount();
    const ticket = sampleTicket();
    await submitted(broker, access, ticket);
    expect(await broker.submit(access, admitted(ticket), ticket.orderId)).toEqual({ kind: 'known_already' });
    expect(await ledger(access)).toHaveLength(1);
  });

  it('a cancel is accepted, and an update tells of the end', async () => {
    const { broker, openAccount } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    expect(await broker.cancel(access, brokerOrderId)).toEqual({ kind: 'accepted' });
    await followed.until((update) => isAbout(update, brokerOrderId) && update.order.status === 'cancelled');
    expect(await broker.cancel(access, brokerOrderId)).toMatchObject({ kind: 'refused' });
  });

  it('a cancelled order keeps what was filled of it', async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    await trade(brokerOrderId, '4', '49.5');
    await broker.cancel(access, brokerOrderId);
    const end = await followed.until((update) => isAbout(update, brokerOrderId) && update.order.status === 'cancelled');
    expect(end).toMatchObject({ order: { filledQuantity: '4' }, execution: null });
  });

  it('a filled order, or one that is not there, can not be cancelled', async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    const { brokerOrderId } = await submitted(broker, access, sampleTicket());
    await trade(brokerOrderId, '10', '49.5');
    expect(await broker.cancel(access, brokerOrderId)).toMatchObject({ kind: 'refused' });
    expect(await broker.cancel(access, crypto.randomUUID())).toMatchObject({ kind: 'refused' });
  });

  it('a replacement is a new order in the place of the old one', async () => {
    const { broker, openAccount } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const old = await working(broker, access, followed);
    const terms = { quantity: '7', limitPrice: '51.25', stopPrice: null, timeInForce: 'gtc' } as const;
    const newId = clientOrderId(old.clientOrderId, 1);
    const outcome = await broker.replace(access, old.brokerOrderId, changeAdmitted(sampleTicket(), 1, terms), newId);
    if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
    const { brokerOrderId } = outcome.order;
    expect(outcome.order).toMatchObject({
      clientOrderId: newId,
      replaces: old.brokerOrderId,
      terms,
      status: 'pending',
      filledQuantity: '0',
    });
    await followed.until((update) => isAbout(update, brokerOrderId) && update.order.status === 'open');
    const end = await followed.until(
      (update) => isAbout(update, old.brokerOrderId) && update.order.status === 'replaced',
    );
    expect(end).toMatchObject({ order: { replacedBy: brokerOrderId } });
  });

  it('a replacement of an order that has ended is refused', async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    const { brokerOrderId, clientOrderId: id, terms } = await submitted(broker, access, sampleTicket());
    await trade(brokerOrderId, '10', '49.5');
    expect(
      await broker.replace(
        access,
        brokerOrderId,
        changeAdmitted(sampleTicket(), 1, { ...terms, quantity: '5' }),
        clientOrderId(id, 1),
      ),
    ).toMatchObject({
      kind: 'refused',
    });
  });
}
