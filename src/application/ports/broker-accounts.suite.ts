import { expect, it } from 'vitest';

import { sampleTicket, submitted } from './broker-samples.suite.ts';
import type { BrokerUnderTest } from './broker.suite.ts';

export function accountCases(under: () => BrokerUnderTest): void {
  it('an account tells who it is and what it has', async () => {
    const { broker, openAccount } = under();
    const [first, second] = [await openAccount(), await openAccount()];
    const found = await broker.account(first);
    expect(found).toMatchObject({
      kind: 'found',
      value: {
        brokerAccountId: expect.stringMatching(/\w+/),
        brokerAccountNumber: expect.stringMatching(/\w+/),
        mayTrade: true,
        cash: '100000',
        equity: '100000',
        buyingPower: expect.stringMatching(/^\d+/),
        shortingEnabled: true,
      },
    });
    const other = await broker.account(second);
    if (found.kind !== 'found' || other.kind !== 'found') throw new Error(other.kind);
    expect(other.value.brokerAccountId).not.toBe(found.value.brokerAccountId);
  });

  it('positions are what was executed', async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    expect(await broker.positions(access)).toEqual({ kind: 'found', value: [] });
    const { brokerOrderId } = await submitted(broker, access, sampleTicket());
    await trade(brokerOrderId, '4', '49');
    await trade(brokerOrderId, '6', '50');
    expect(await broker.positions(access)).toEqual({
      kind: 'found',
      value: [{ symbol: 'AAPL', quantity: '10', averagePrice: '49.6' }],
    });
    expect(await broker.account(access)).toMatchObject({ kind: 'found', value: { cash: '99504' } });
  });
}
