import { expect, it } from 'vitest';

import { follow, isAbout, sampleTicket, submitted, working } from './broker-samples.suite.ts';
import type { BrokerUnderTest } from './broker.suite.ts';

export function recordCases(under: () => BrokerUnderTest): void {
  it('an order is found under both of its ids', async () => {
    const { broker, openAccount } = under();
    const access = await openAccount();
    const order = await submitted(broker, access, sampleTicket());
    for (const found of [
      await broker.byId(access, order.brokerOrderId),
      await broker.byClientOrderId(access, order.clientOrderId),
    ]) {
      expect(found).toMatchObject({
        kind: 'found',
        value: { brokerOrderId: order.brokerOrderId, clientOrderId: order.clientOrderId, terms: order.terms },
      });
    }
  });

  it('an order is found with its exits', async () => {
    const { broker, openAccount, setPrice } = under();
    await setPrice('AAPL', '100');
    const access = await openAccount();
    const { brokerOrderId, legs } = await submitted(
      broker,
      access,
      sampleTicket({ takeProfit: '160', stopLoss: '40' }),
    );
    const found = await broker.byId(access, brokerOrderId);
    if (found.kind !== 'found') throw new Error(found.kind);
    const idsOf = (orders: readonly { brokerOrderId: string }[]) => orders.map((order) => order.brokerOrderId).sort();
    expect(idsOf(found.value.legs)).toEqual(idsOf(legs));
  });

  it('an order that is not there, or in another account, is not found', async () => {
    const { broker, openAccount } = under();
    const [access, other] = [await openAccount(), await openAccount()];
    const foreign = await submitted(broker, other, sampleTicket());
    for (const id of [crypto.randomUUID(), foreign.brokerOrderId]) {
      expect(await broker.byId(access, id)).toEqual({ kind: 'not_found' });
      expect(await broker.executionsOf(access, id)).toEqual({ kind: 'not_found' });
    }
    expect(await broker.byClientOrderId(access, foreign.clientOrderId)).toEqual({ kind: 'not_found' });
  });

  it('executions are those of the updates, of this order only', async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    const other = await working(broker, access, followed);
    await trade(brokerOrderId, '3', '49.5');
    await trade(other.brokerOrderId, '1', '49.5');
    await trade(brokerOrderId, '2.5', '49.25');

    const found = await broker.executionsOf(access, brokerOrderId);
    const told = await followed.executions(brokerOrderId, 2);
    expect(found).toMatchObject({
      kind: 'found',
      value: told.map(({ execution }) => ({
        brokerOrderId,
        quantity: execution?.quantity,
        price: execution?.price,
        cumulativeQuantity: execution?.cumulativeQuantity,
      })),
    });
    expect(await broker.executionsOf(access, (await submitted(broker, access, sampleTicket())).brokerOrderId)).toEqual({
      kind: 'found',
      value: [],
    });
  });

  it('executions after a moment are those of all orders of the account, oldest first', async () => {
    const { broker, openAccount, trade } = under();
    const [access, other] = [await openAccount(), await openAccount()];
    const followed = await follow(under(), access);
    const [first, second] = [await working(broker, access, followed), await working(broker, access, followed)];
    const foreign = await working(broker, other, await follow(under(), other));
    await trade(first.brokerOrderId, '3', '49.5');
    await trade(second.brokerOrderId, '10', '49.5');
    await trade(foreign.brokerOrderId, '1', '49.5');
    await trade(first.brokerOrderId, '2.5', '49.25');
    const all = await broker.executionsAfter(access, '2000-01-01T00:00:00.000Z');
    if (all.kind !== 'found') throw new Error(all.kind);
    expect(all.value).toMatchObject([
      { brokerOrderId: first.brokerOrderId, quantity: '3', price: '49.5', cumulativeQuantity: '3' },
      { brokerOrderId: second.brokerOrderId, quantity: '10', cumulativeQuantity: '10' },
      { brokerOrderId: first.brokerOrderId, quantity: '2.5', price: '49.25', cumulativeQuantity: '5.5' },
    ]);
    const found = await broker.executionsOf(access, first.brokerOrderId);
    expect(found).toEqual({ kind: 'found', value: [all.value[0], all.value[2]] });
    expect(await broker.executionsAfter(access, '2100-01-01T00:00:00.000Z')).toEqual({
      kind: 'found',
      value: [],
      unread: 0,
    });
  });

  it('executions are all there, however many', { timeout: 60_000 }, async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    const ticket = sampleTicket({ quantity: '210' });
    const { brokerOrderId } = await working(broker, access, await follow(under(), access), ticket);
    for (let n = 1; n <= 210; n += 1) await trade(brokerOrderId, '1', '49.5');
    const all = await broker.executionsAfter(access, '2000-01-01T00:00:00.000Z');
    if (all.kind !== 'found') throw new Error(all.kind);
    expect(all.value.map(({ cumulativeQuantity }) => Number(cumulativeQuantity))).toEqual(
      Array.from({ length: 210 }, (_, n) => n + 1),
    );
  });

  it('unfinished orders are those that may still trade, exits of a filled bracket among them', async () => {
    const { broker, openAccount, setPrice, trade } = under();
    await setPrice('AAPL', '100');
    const access = await openAccount();
    const followed = await follow(under(), access);
    const resting = await working(broker, access, followed);
    const bracket = await working(broker, access, followed, sampleTicket({ takeProfit: '160', stopLoss: '40' }));
    const idsOf = async () => {
      const found = await broker.unfinished(access);
      if (found.kind !== 'found') throw new Error(found.kind);
      return found.value.map((order) => order.brokerOrderId).sort();
    };
    const exits = bracket.legs.map((leg) => leg.brokerOrderId);
    expect(await idsOf()).toEqual([resting.brokerOrderId, bracket.brokerOrderId, ...exits].sort());
    await trade(bracket.brokerOrderId, '10', '49.5');
    for (const exit of exits) {
      await followed.until((update) => isAbout(update, exit) && update.order.status === 'open');
    }
    await broker.cancel(access, resting.brokerOrderId);
    await followed.until((update) => isAbout(update, resting.brokerOrderId) && update.order.status === 'cancelled');
    expect(await idsOf()).toEqual([...exits].sort());
  });

  it('orders submitted after a moment are all there, oldest first, finished ones too', async () => {
    const { broker, openAccount } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const orders = [];
    for (let i = 0; i < 3; i += 1) orders.push(await working(broker, access, followed));
    const last = orders[2]!.brokerOrderId;
    await broker.cancel(access, last);
    await followed.until((update) => isAbout(update, last) && update.order.status === 'cancelled');

    const all = await broker.submittedAfter(access, '2000-01-01T00:00:00.000Z');
    if (all.kind !== 'found') throw new Error(all.kind);
    expect(all.value.map(({ brokerOrderId, status }) => [brokerOrderId, status])).toEqual([
      [orders[0]!.brokerOrderId, 'open'],
      [orders[1]!.brokerOrderId, 'open'],
      [last, 'cancelled'],
    ]);
    const later = await broker.submittedAfter(access, orders[1]!.updatedAt);
    if (later.kind !== 'found') throw new Error(later.kind);
    expect(later.value.map(({ brokerOrderId }) => brokerOrderId)).toEqual([last]);
    expect(await broker.submittedAfter(access, '2100-01-01T00:00:00.000Z')).toEqual({
      kind: 'found',
      value: [],
      unread: 0,
    });
  });

  it('all orders are there, however many', async () => {
    const { broker, openAccount } = under();
    const access = await openAccount();
    const sent = [];
    for (let i = 0; i < 520; i += 40) {
      const batch = Array.from({ length: 40 }, () => submitted(broker, access, sampleTicket({ quantity: '1' })));
      sent.push(...(await Promise.all(batch)));
    }
    const all = await broker.submittedAfter(access, '2000-01-01T00:00:00.000Z');
    if (all.kind !== 'found') throw new Error(all.kind);
    const idsOf = (orders: readonly { brokerOrderId: string }[]) => orders.map((order) => order.brokerOrderId).sort();
    expect(idsOf(all.value)).toEqual(idsOf(sent));
  });
}
