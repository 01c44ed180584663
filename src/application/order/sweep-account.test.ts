import { describe, expect, it } from 'vitest';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { openFollowedAccount } from './followed-account.suite.ts';

const terms = (quantity: string) => ({ quantity, limitPrice: null, stopPrice: null, timeInForce: 'day' }) as const;
const ELSEWHERE = '00000000-0000-4000-8000-000000000001';

describe('a sweep of an account', () => {
  it('takes one request and stores nothing while nothing is new', async () => {
    const account = await openFollowedAccount();
    for (let n = 0; n < 4; n += 1) await account.send('1');
    const events = await account.countEvents();
    const reads: string[] = [];
    const { readStream } = account.store;
    account.store.readStream = (stream, options) => {
      reads.push(stream);
      return readStream(stream, options);
    };
    const working = await account.working();
    reads.length = 0;
    account.paper.requests();
    await account.sweepOf(working);
    expect(account.paper.requests()).toEqual(['unfinished']);
    expect(reads.filter((stream) => stream.startsWith('order-'))).toEqual([]);
    expect(await account.countEvents()).toBe(events);
  });

  it('finds an execution of which no word came: of an order that goes on, and of one that has ended with it', async () => {
    const account = await openFollowedAccount();
    const [partly, whole] = [await account.send('10'), await account.send('1')];
    account.paper.fill(partly.brokerOrderId, '4');
    account.paper.fill(whole.brokerOrderId, '1');
    await account.sweep();
    expect((await account.typesOf(partly.orderId)).at(-1)).toBe('OrderPartiallyFilled');
    expect((await account.typesOf(whole.orderId)).at(-1)).toBe('OrderFilled');
    account.paper.requests();
    await account.sweep();
    expect(account.paper.requests()).toEqual(['unfinished']);
  });

  it('leaves many at once to a reconciliation, which asks for lists', async () => {
    const account = await openFollowedAccount();
    const foreign = Array.from({ length: 12 }, (_, n) =>
      account.paper.add(ELSEWHERE.replace(/1$/, (n + 10).toString(16)), { status: 'open', terms: terms('1') }),
    );
    await account.reconcile();
    for (const id of foreign) account.paper.fill(id, '1');
    account.paper.requests();
    await account.sweep();
    expect(account.paper.requests()).toEqual(['unfinished', 'unfinished', 'submittedAfter', 'executionsAfter']);
    for (const id of foreign) expect((await account.typesOf(account.observed(id))).at(-1)).toBe('OrderFilled');
  });

  it('adopts an order that was given up for lost, cancels what is open of it, and alarms', async () => {
    const account = await openFollowedAccount();
    await account.send('1');
    account.script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    const { orderId } = await account.send('2');
    const lost = { type: 'RecordNotReceived', reason: 'unknown there', at: account.needs.clock.now() } as const;
    await account.aggregates.orders.handle(`order-${orderId}`, lost, account.cause);
    const late = account.paper.add(`tradsy-${orderId}`, { status: 'open', terms: terms('2') });
    account.paper.fill(late, '1');
    await account.sweep();
    expect((await account.typesOf(orderId)).slice(-4)).toEqual([
      'OrderNotReceived',
      'OrderAcknowledged',
      'CancelRequested',
      'OrderPartiallyFilled',
    ]);
    expect(account.alarms).toEqual(['an order that had ended has appeared at the broker']);
  });

  it('records an order from elsewhere, and one of ours that the record has lost', async () => {
    const account = await openFollowedAccount();
    await account.send('1');
    const lost = systemIds.random();
    account.paper.add(`tradsy-${lost}`, { status: 'open', terms: terms('1') });
    const foreign = account.paper.add(ELSEWHERE, { status: 'open', terms: terms('1') });
    await account.sweep();
    expect(await account.typesOf(lost)).toEqual(['OrderRecovered']);
    expect(await account.typesOf(account.observed(foreign))).toEqual(['OrderObserved']);
    expect(account.alarms).toEqual(['the record has lost orders that were made here']);
  });

  it('does nothing when the broker does not answer, and tells when it takes the token no more', async () => {
    const account = await openFollowedAccount();
    await account.send('1');
    const events = await account.countEvents();
    account.paper.fallSilent();
    await account.sweep();
    expect(account.revoked).toEqual([]);
    account.paper.fallSilent('unauthorized');
    await account.sweep();
    expect(account.revoked).toEqual(['silent']);
    expect(await account.countEvents()).toBe(events);
  });

  it('leaves an account alone that is being reconciled', async () => {
    const account = await openFollowedAccount();
    await account.send('1');
    account.paper.requests();
    account.reconciling.add(account.access.accountId);
    await account.sweep();
    expect(account.paper.requests()).toEqual([]);
    account.reconciling.clear();
    await account.sweep();
    expect(account.paper.requests()).toEqual(['unfinished']);
  });

  it('passes over orders that can not be read', async () => {
    const account = await openFollowedAccount();
    const [one, other] = [await account.send('1'), await account.send('2')];
    await account.putUnreadable(`order-${one.orderId}`);
    for (const { brokerOrderId } of [one, other]) account.paper.fill(brokerOrderId, '1');
    await account.sweepOf([one.orderId, other.orderId]);
    expect((await account.typesOf(other.orderId)).at(-1)).toBe('OrderPartiallyFilled');
  });
});
