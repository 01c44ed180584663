import { describe, expect, it } from 'vitest';
import { netQuantity } from '../../domain/kernel/lots.ts';
import { toText } from '../../domain/kernel/decimal.ts';
import { orderStream } from '../../domain/order/events.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { openFollowedAccount } from './followed-account.suite.ts';
import { createPlaceOrder } from './place-order.ts';

type Account = Awaited<ReturnType<typeof openFollowedAccount>>;

const ELSEWHERE = (n: number) => `00000000-0000-4000-8000-${`${n}`.padStart(12, '0')}`;
const OPEN = 'open' as const;
const terms = (quantity: string) => ({ quantity, limitPrice: null, stopPrice: null, timeInForce: 'day' }) as const;
const held = async (account: Account) => toText(netQuantity(holdingOf(await account.risk(), 'AAPL')));

/** Reconciles, books, and sees that doing it again records nothing; there is a list of executions while they are recent. */
async function reconciled(account: Account, lists: 'executionsAfter' | null = 'executionsAfter'): Promise<void> {
  expect(await account.reconcile()).toBe('done');
  await account.book();
  const events = await account.countEvents();
  account.paper.requests();
  expect(await account.reconcile()).toBe('done');
  await account.book();
  expect(await account.countEvents()).toBe(events);
  expect(account.paper.requests()).toEqual(['unfinished', 'submittedAfter', ...(lists === null ? [] : [lists])]);
}

describe('a reconciliation', () => {
  it('records what was executed meanwhile, and the second one records nothing', async () => {
    const account = await openFollowedAccount();
    const { orderId, brokerOrderId } = await account.send('10');
    account.passTime(60);
    account.paper.fill(brokerOrderId, '4');
    account.paper.fill(brokerOrderId, '6', '101');
    await reconciled(account);
    expect((await account.typesOf(orderId)).slice(-2)).toEqual(['OrderPartiallyFilled', 'OrderFilled']);
    expect(await held(account)).toBe('10');
  });

  it('takes a handful of requests for 200 executions on 100 orders, and books each once', async () => {
    const account = await openFollowedAccount();
    for (let n = 0; n < 100; n += 1) account.paper.add(ELSEWHERE(n), { status: OPEN, terms: terms('2') });
    expect(await account.reconcile()).toBe('done');
    account.passTime(60);
    for (let n = 0; n < 100; n += 1) {
      account.paper.fill(`B-${ELSEWHERE(n)}`, '1');
      account.paper.fill(`B-${ELSEWHERE(n)}`, '1');
    }
    account.paper.requests();
    expect(await account.reconcile()).toBe('done');
    expect(account.paper.requests()).toEqual(['unfinished', 'submittedAfter', 'executionsAfter']);
    await account.book();
    expect((await account.riskTypes()).filter((type) => type === 'FillBooked')).toHaveLength(200);
    expect(await held(account)).toBe('200');
    await reconciled(account);
  });

  it('reaches back to orders made long ago when many of them have ended meanwhile', async () => {
    const account = await openFollowedAccount();
    for (let n = 0; n < 20; n += 1) account.paper.add(ELSEWHERE(n), { status: OPEN, terms: terms('1') });
    // As one that was acknowledged here: the broker's time of it is known.
    const sent = [];
    for (let n = 0; n < 4; n += 1) sent.push(await account.send('1'));
    expect(await account.reconcile()).toBe('done');
    account.passTime(40 * 86_400);
    account.setLastDone(account.needs.clock.now());
    for (const { brokerOrderId } of sent) account.paper.fill(brokerOrderId, '1');
    account.paper.requests();
    expect(await account.reconcile()).toBe('done');
    expect(account.paper.requests()).toEqual(['unfinished', 'submittedAfter', 'executionsAfter']);
    for (const { orderId } of sent) expect((await account.typesOf(orderId)).at(-1)).toBe('OrderFilled');
  });

  it('asks by its id for an order that no list has', async () => {
    const account = await openFollowedAccount();
    const { orderId, brokerOrderId } = await account.send('1');
    account.passTime(40 * 86_400);
    account.setLastDone(account.needs.clock.now());
    account.paper.fill(brokerOrderId, '1');
    account.paper.requests();
    expect(await account.reconcile()).toBe('done');
    expect(account.paper.requests()).toEqual(['unfinished', 'submittedAfter', 'byId', 'executionsOf']);
    expect((await account.typesOf(orderId)).at(-1)).toBe('OrderFilled');
  });

  it('says once when the broker does not know an order that it had acknowledged, and concludes nothing', async () => {
    const account = await openFollowedAccount();
    const { orderId, brokerOrderId } = await account.send('1');
    account.paper.forget(brokerOrderId);
    expect([await account.reconcile(), await account.reconcile()]).toEqual(['done', 'done']);
    expect(account.alarms).toEqual(['the broker does not know an order that it had acknowledged']);
    expect((await account.typesOf(orderId)).at(-1)).toBe('OrderAcknowledged');
  });

  it('fails as a whole when the broker does not give its lists', async () => {
    const account = await openFollowedAccount();
    account.paper.fallSilent();
    expect(await account.reconcile()).toBe('unanswered');
    account.paper.fallSilent('unauthorized');
    expect(await account.reconcile()).toBe('unauthorized');
  });

  it('is not whole while the broker lists what can not be read: the next one looks as far back', async () => {
    const account = await openFollowedAccount();
    await account.send('1');
    account.paper.garble(1);
    expect(await account.reconcile()).toBe('done');
    expect(account.reconciledAt()).toBeNull();
    account.paper.garble(0);
    expect(await account.reconcile()).toBe('done');
    expect(account.reconciledAt()).not.toBeNull();
  });

  it('goes on without the list of executions, order by order', async () => {
    const account = await openFollowedAccount();
    const sent = [];
    for (let n = 0; n < 4; n += 1) sent.push(await account.send('1'));
    for (const { brokerOrderId } of sent) account.paper.fill(brokerOrderId, '1');
    const { executionsAfter } = account.paper.records;
    account.paper.records.executionsAfter = () => Promise.resolve({ kind: 'unknown', reason: 'time-out' });
    expect(await account.reconcile()).toBe('done');
    account.paper.records.executionsAfter = executionsAfter;
    for (const { orderId } of sent) expect((await account.typesOf(orderId)).at(-1)).toBe('OrderFilled');
    await reconciled(account);
  });
});

describe('an order that was entered elsewhere', () => {
  it('is recorded as such, with its executions and its end', async () => {
    const account = await openFollowedAccount();
    const [filled, cancelled] = [ELSEWHERE(1), ELSEWHERE(2)].map((id) =>
      account.paper.add(id, { status: OPEN, terms: terms('5') }),
    ) as [string, string];
    await reconciled(account, null);
    account.passTime(5);
    account.paper.fill(filled, '5');
    account.paper.fill(cancelled, '2');
    account.paper.change(cancelled, { status: 'cancelled' });
    await reconciled(account);
    expect(await account.typesOf(account.observed(filled))).toEqual(['OrderObserved', 'OrderFilled']);
    expect(await account.typesOf(account.observed(cancelled))).toEqual([
      'OrderObserved',
      'OrderPartiallyFilled',
      'OrderCancelled',
    ]);
    expect(await held(account)).toBe('7');
    expect(account.alarms).toEqual([]);
  });

  it('is known although it was made, filled and gone before anybody looked', async () => {
    const account = await openFollowedAccount();
    account.passTime(1);
    const id = account.paper.add(ELSEWHERE(1), { status: OPEN, terms: terms('5'), side: 'sell' });
    account.paper.fill(id, '5');
    await reconciled(account);
    expect(await account.typesOf(account.observed(id))).toEqual(['OrderObserved', 'OrderFilled']);
    expect(await held(account)).toBe('-5');
  });

  it('goes on as another one when it is replaced elsewhere', async () => {
    const account = await openFollowedAccount();
    const old = account.paper.add(ELSEWHERE(1), { status: OPEN, terms: terms('5') });
    await reconciled(account, null);
    const successor = account.paper.add(ELSEWHERE(2), { status: OPEN, terms: terms('8'), replaces: old });
    account.paper.change(old, { status: 'replaced', replacedBy: successor });
    await reconciled(account, null);
    account.paper.fill(successor, '8');
    await reconciled(account);
    expect(await account.typesOf(account.observed(old))).toEqual(['OrderObserved', 'OrderCancelled']);
    expect(await account.typesOf(account.observed(successor))).toEqual(['OrderObserved', 'OrderFilled']);
    expect(await held(account)).toBe('8');
  });

  it('takes the place of ours when ours is replaced elsewhere, and frees what ours had reserved', async () => {
    const account = await openFollowedAccount();
    const { orderId, brokerOrderId } = await account.send('5');
    const successor = account.paper.add(ELSEWHERE(2), { status: OPEN, terms: terms('8'), replaces: brokerOrderId });
    account.paper.change(brokerOrderId, { status: 'replaced', replacedBy: successor });
    await reconciled(account, null);
    expect((await account.typesOf(orderId)).at(-1)).toBe('OrderCancelled');
    expect((await account.risk()).reservations.size).toBe(0);
    account.paper.fill(successor, '8');
    await reconciled(account);
    expect(await held(account)).toBe('8');
  });

  it('may be a bracket: its exits are recorded as its own', async () => {
    const account = await openFollowedAccount();
    const parent = account.paper.add(ELSEWHERE(1), { status: OPEN, terms: terms('5') });
    const target = { ...terms('5'), limitPrice: '120' };
    const exit = { side: 'sell', status: 'pending', terms: target, type: 'limit' } as const;
    const takeProfit = account.paper.add(ELSEWHERE(2), exit, parent);
    const stop = { ...terms('5'), stopPrice: '80' };
    const stopLoss = account.paper.add(ELSEWHERE(3), { ...exit, terms: stop, type: 'stop' }, parent);
    await reconciled(account, null);
    account.paper.fill(parent, '5');
    for (const id of [takeProfit, stopLoss]) account.paper.change(id, { status: OPEN });
    await reconciled(account);
    account.paper.fill(takeProfit, '5', '120');
    account.paper.change(stopLoss, { status: 'cancelled' });
    await reconciled(account);
    const [observed] = await account.store.readStream(orderStream(account.observed(stopLoss)));
    expect(observed?.data).toMatchObject({ parentOrderId: account.observed(parent), role: 'stop_loss' });
    expect(await account.typesOf(account.observed(takeProfit))).toEqual([
      'OrderObserved',
      'ExitActivated',
      'OrderFilled',
    ]);
    expect(await held(account)).toBe('0');
  });
});

describe('what a reconciliation looks at', () => {
  it('are also the exits of a bracket that its order does not know', async () => {
    const account = await openFollowedAccount();
    const parent = account.paper.add(ELSEWHERE(1), { status: OPEN, terms: terms('5') });
    await reconciled(account, null);
    const target = { ...terms('5'), limitPrice: '120' };
    const exit = account.paper.add(ELSEWHERE(2), { side: 'sell', status: OPEN, terms: target, type: 'limit' }, parent);
    // As a release has recorded it that told only the exit of its order.
    const [orderId, parentOrderId] = [account.observed(exit), account.observed(parent)];
    const ticket = { ...account.order().terms, ...target, orderId, accountId: account.access.accountId };
    const at = account.needs.clock.now();
    const observed = { ticket, brokerOrderId: exit, parentOrderId, role: 'take_profit', at } as const;
    await account.aggregates.orders.handle(orderStream(orderId), { type: 'ObserveOrder', ...observed }, account.cause);
    await reconciled(account, null);
    expect(await account.typesOf(parentOrderId)).toContain('ExitLinked');
  });

  it('are executions that are not known although the counts agree: as much was undone, and nobody was told of it', async () => {
    const account = await openFollowedAccount();
    const { orderId, brokerOrderId } = await account.send('10');
    account.paper.fill(brokerOrderId, '4');
    await reconciled(account);
    account.passTime(5);
    // Undone, and another one in its place, while the broker's count of executions goes on.
    account.paper.fill(brokerOrderId, '4', '101');
    account.passTime(5);
    account.paper.change(brokerOrderId, { filledQuantity: '4' });
    await reconciled(account);
    expect((await account.typesOf(orderId)).slice(-2)).toEqual(['OrderPartiallyFilled', 'OrderPartiallyFilled']);
    expect(account.alarms).toEqual(['the broker counts less of an order than its executions add up to']);
  });

  it('are counts of the broker that are less than ours, which a person is told of once', async () => {
    const account = await openFollowedAccount();
    const { brokerOrderId } = await account.send('10');
    account.paper.fill(brokerOrderId, '4');
    await reconciled(account);
    account.passTime(60);
    account.paper.change(brokerOrderId, { filledQuantity: '3' });
    await account.reconcile();
    await account.reconcile();
    expect(account.alarms).toEqual(['the broker counts less of an order than its executions add up to']);
  });
});

describe('a record that has lost orders', () => {
  const LOST = systemIds.random();

  it('has them back under their own ids, with their executions, and one alarm that counts them', async () => {
    const account = await openFollowedAccount();
    account.passTime(1);
    for (let n = 0; n < 50; n += 1) {
      const id = account.paper.add(`tradsy-${systemIds.named(`lost-${n}`)}`, { status: OPEN, terms: terms('2') });
      account.paper.fill(id, '2');
    }
    await reconciled(account);
    for (let n = 0; n < 50; n += 1) {
      expect(await account.typesOf(systemIds.named(`lost-${n}`))).toEqual(['OrderRecovered', 'OrderFilled']);
    }
    expect(await held(account)).toBe('100');
    expect(account.alarms).toEqual(['the record has lost orders that were made here']);
    expect(account.sent).toEqual([]);
  });

  it('never sends one of them, though it is asked for again', async () => {
    const account = await openFollowedAccount();
    account.passTime(1);
    const orderId = systemIds.named(`order/${account.access.accountId}/again`);
    account.paper.add(`tradsy-${orderId}`, { status: OPEN, terms: terms('1') });
    await reconciled(account, null);
    const again = (quantity: string) => account.placeOrder(account.order({ requestId: 'again' }, quantity));
    expect(await again('1')).toEqual({ kind: 'placed', orderId, position: null });
    expect(await again('2')).toEqual({ kind: 'refused', code: 'request_id_reused' });
    expect(await account.typesOf(orderId)).toEqual(['OrderRecovered']);
    expect(account.sent).toEqual([]);
  });

  it('has a bracket back with its exits', async () => {
    const account = await openFollowedAccount();
    const parent = account.paper.add(`tradsy-${LOST}`, { status: OPEN, terms: terms('5') });
    const target = { ...terms('5'), limitPrice: '120' };
    const exit = { side: 'sell', status: 'pending', terms: target, type: 'limit' } as const;
    account.paper.add(ELSEWHERE(2), exit, parent);
    const stop = { ...terms('5'), stopPrice: '80' };
    account.paper.add(ELSEWHERE(3), { ...exit, terms: stop, type: 'stop' }, parent);
    await reconciled(account, null);
    const [recovered] = await account.store.readStream(orderStream(LOST));
    expect(recovered).toMatchObject({
      type: 'OrderRecovered',
      data: { ticket: { takeProfit: '120', stopLoss: '80' }, clientOrderId: `tradsy-${LOST}` },
    });
  });

  it('takes one whose placing alone was lost as placed, and as acknowledged', async () => {
    const account = await openFollowedAccount();
    const { ids } = account.needs;
    const orderId = ids.named(`order/${account.access.accountId}/half`);
    // The process died, or the backup was made, between the admission and the placing.
    const halfway = createPlaceOrderThatDies(account);
    await expect(halfway()).rejects.toThrow('died');
    expect(await account.typesOf(orderId)).toEqual([]);
    account.paper.add(`tradsy-${orderId}`, { status: OPEN, terms: terms('1') });
    await reconciled(account, null);
    expect(await account.typesOf(orderId)).toEqual(['OrderPlaced', 'OrderAcknowledged']);
    expect(account.alarms).toEqual([]);
  });

  it('has changes of an order that it knows nothing of as an order of its own, alarmed once', async () => {
    const account = await openFollowedAccount();
    const { orderId, brokerOrderId } = await account.send('5');
    const changed = account.paper.add(`tradsy-${orderId}~r1`, {
      status: OPEN,
      terms: terms('8'),
      replaces: brokerOrderId,
      brokerOrderId: 'B-changed',
    });
    account.paper.change(brokerOrderId, { status: 'replaced', replacedBy: changed });
    await reconciled(account, null);
    account.paper.fill(changed, '8');
    await reconciled(account);
    expect((await account.typesOf(orderId)).at(-1)).toBe('OrderCancelled');
    expect(await held(account)).toBe('8');
    expect(account.alarms).toEqual(['the broker has an order that does not fit ours']);
  });
});

function createPlaceOrderThatDies(account: Account) {
  const pass = (point: string): void => {
    if (point === 'after-admission') throw new Error('died');
  };
  const placing = { ...account.placing, pass };
  return async () => createPlaceOrder(placing)(account.order({ requestId: 'half' }));
}
