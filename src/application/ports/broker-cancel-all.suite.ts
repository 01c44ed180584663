import { expect, it } from 'vitest';

import { admitted } from '../../domain/risk-policy/samples.suite.ts';
import { follow, isAbout, sampleTicket, submitted, working } from './broker-samples.suite.ts';
import type { BrokerUnderTest } from './broker.suite.ts';

export function cancelAllCases(under: () => BrokerUnderTest): void {
  it('every open order of the account can be cancelled at once, and no other account’s', async () => {
    const { broker, openAccount } = under();
    const [access, other] = [await openAccount(), await openAccount()];
    const followed = await follow(under(), access);
    const ids = [
      (await working(broker, access, followed)).brokerOrderId,
      (await working(broker, access, followed, sampleTicket({ symbol: 'IBM', timeInForce: 'gtc' }))).brokerOrderId,
    ];
    const stranger = await submitted(broker, other, sampleTicket());
    const asked = await broker.cancelAll(access, null);
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    expect(asked.accepted.toSorted()).toEqual(ids.toSorted());
    expect(asked.refused).toEqual([]);
    for (const id of ids) {
      await followed.until((update) => isAbout(update, id) && update.order.status === 'cancelled');
    }
    expect(await broker.unfinished(access)).toEqual({ kind: 'found', value: [], unread: 0 });
    expect(await broker.cancelAll(access, null)).toEqual({ kind: 'asked', accepted: [], refused: [] });
    const left = await broker.unfinished(other);
    expect(left).toMatchObject({ kind: 'found', value: [{ brokerOrderId: stranger.brokerOrderId }] });
  });

  it('those in one symbol can be, and the others stay', async () => {
    const { broker, openAccount } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    const kept = await working(broker, access, followed, sampleTicket({ symbol: 'IBM' }));
    expect(await broker.cancelAll(access, 'AAPL')).toEqual({
      kind: 'asked',
      accepted: [brokerOrderId],
      refused: [],
    });
    await followed.until((update) => isAbout(update, brokerOrderId) && update.order.status === 'cancelled');
    expect(await broker.unfinished(access)).toMatchObject({
      kind: 'found',
      value: [{ brokerOrderId: kept.brokerOrderId }],
    });
  });

  it('open orders are listed each for itself: the exits of a filled bracket too', async () => {
    const { broker, openAccount, setPrice, trade } = under();
    await setPrice('AAPL', '100');
    const access = await openAccount();
    const followed = await follow(under(), access);
    const bracket = await working(broker, access, followed, sampleTicket({ takeProfit: '60', stopLoss: '40.5' }));
    await trade(bracket.brokerOrderId, '10', '49.5');
    const legs = bracket.legs.map(({ brokerOrderId }) => brokerOrderId);
    for (const leg of legs) await followed.until((update) => isAbout(update, leg) && update.order.status === 'open');
    const open = await broker.unfinished(access);
    if (open.kind !== 'found') throw new Error(open.kind);
    expect(open.value.map(({ brokerOrderId }) => brokerOrderId).toSorted()).toEqual(legs.toSorted());
    await broker.cancelAll(access, null);
    for (const leg of legs) {
      await followed.until((update) => isAbout(update, leg) && update.order.status === 'cancelled');
    }
  });

  it('what a last look holds back never comes to the broker', async () => {
    const { broker, openAccount, ledger } = under();
    const access = await openAccount();
    const ticket = sampleTicket();
    const held = await broker.submit(access, admitted(ticket), ticket.orderId, () => Promise.resolve(false));
    expect(held).toMatchObject({ kind: 'not_sent' });
    expect(await ledger(access)).toEqual([]);
    const sent = await broker.submit(access, admitted(ticket), ticket.orderId, () => Promise.resolve(true));
    expect(sent).toMatchObject({ kind: 'acknowledged' });
    expect(await ledger(access)).toHaveLength(1);
  });
}
