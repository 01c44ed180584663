import { describe, expect, it } from 'vitest';
import { heldBackBy } from '../../domain/risk-policy/position-mismatch.ts';
import { openFollowedAccount } from '../order/followed-account.suite.ts';

const MISMATCHES = ['PositionMismatchFound', 'PositionMismatchResolved', 'BrokerPositionAdopted'];

async function openWithPosition() {
  const account = await openFollowedAccount();
  const { brokerOrderId } = await account.send('10');
  account.paper.fill(brokerOrderId, '10');
  await account.reconcile();
  await account.book();
  return {
    ...account,
    mismatches: async () => (await account.riskTypes()).filter((type) => MISMATCHES.includes(type)),
    isHeld: async (symbol: string) => heldBackBy(await account.risk(), symbol) !== null,
  };
}

describe('comparing positions', () => {
  it('records nothing while both hold the same, and takes one request', async () => {
    const account = await openWithPosition();
    account.paper.requests();
    expect(await account.compare()).toBe('agrees');
    expect(account.paper.requests()).toEqual(['positions']);
    expect(await account.mismatches()).toEqual([]);
  });

  it('finds a difference that is there twice, once, stops its symbol and alarms', async () => {
    const account = await openWithPosition();
    account.paper.hold('AAPL', '15');
    account.paper.hold('IBM', '-2');
    expect(await account.compare()).toBe('differs');
    expect(await account.mismatches()).toEqual(['PositionMismatchFound', 'PositionMismatchFound']);
    const alarm = 'a position is not what the broker has; nothing is traded in its symbol';
    expect(account.alarms).toEqual([alarm, alarm]);
    expect([await account.isHeld('AAPL'), await account.isHeld('IBM'), await account.isHeld('KO')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await account.compare()).toBe('differs');
    expect(await account.mismatches()).toHaveLength(2);
    expect(account.alarms).toHaveLength(2);
  });

  it('sets the symbol free when both agree again', async () => {
    const account = await openWithPosition();
    account.paper.hold('AAPL', '0');
    await account.compare();
    expect(await account.isHeld('AAPL')).toBe(true);
    account.paper.hold('AAPL', '10');
    expect(await account.compare()).toBe('agrees');
    expect(await account.mismatches()).toEqual(['PositionMismatchFound', 'PositionMismatchResolved']);
    expect(await account.isHeld('AAPL')).toBe(false);
  });

  it('takes an execution of which no word came for what it is, and not for a difference', async () => {
    const account = await openWithPosition();
    const { brokerOrderId } = await account.send('5');
    account.paper.fill(brokerOrderId, '5');
    // The reconciliation between the two comparisons finds it; nobody has booked it yet.
    expect(await account.compare()).toBe('unsettled');
    await account.book();
    expect(await account.compare()).toBe('agrees');
    expect(await account.mismatches()).toEqual([]);
  });

  it('waits for what is booked between the two comparisons, and for what the broker executes', async () => {
    const account = await openWithPosition();
    const { brokerOrderId } = await account.send('5');
    account.paper.hold('AAPL', '15');
    account.whileItSettles(async () => {
      account.paper.fill(brokerOrderId, '1');
      await account.reconcile();
      await account.book();
    });
    expect(await account.compare()).toBe('unsettled');
    expect(await account.mismatches()).toEqual([]);
    account.whileItSettles(() => Promise.resolve());
    expect(await account.compare()).toBe('differs');
    expect(await account.mismatches()).toEqual(['PositionMismatchFound']);
  });

  it('never invents a fill: positions stay as they are booked', async () => {
    const account = await openWithPosition();
    const before = (await account.riskTypes()).filter((type) => type === 'FillBooked').length;
    account.paper.hold('AAPL', '15');
    await account.compare();
    await account.book();
    expect((await account.riskTypes()).filter((type) => type === 'FillBooked')).toHaveLength(before);
  });

  it('finds out nothing while the broker is silent', async () => {
    const account = await openWithPosition();
    account.paper.hold('AAPL', '15');
    account.paper.fallSilent();
    expect(await account.compare()).toBe('unanswered');
    account.paper.fallSilent(null);
    account.whileItSettles(async () => account.paper.fallSilent());
    expect(await account.compare()).toBe('unanswered');
    expect(await account.mismatches()).toEqual([]);
  });
});

describe('whether all is booked', () => {
  it('is told by the executions that are recorded and not booked', async () => {
    const account = await openWithPosition();
    expect(await account.isBookedUp(account.access.accountId)).toBe(true);
    const { brokerOrderId } = await account.send('5');
    // Other events of the account, and executions of other accounts, do not count.
    expect(await account.isBookedUp(account.access.accountId)).toBe(true);
    account.paper.fill(brokerOrderId, '5');
    await account.reconcile();
    expect(await account.isBookedUp(account.access.accountId)).toBe(false);
    expect(await account.isBookedUp('another account')).toBe(true);
    await account.book();
    expect(await account.isBookedUp(account.access.accountId)).toBe(true);
  });
});
