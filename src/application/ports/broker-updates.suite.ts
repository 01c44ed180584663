import { expect, it } from 'vitest';
import { admitted, changeAdmitted } from '../../domain/risk-policy/samples.suite.ts';

import { follow, isAbout, sampleTicket, submitted, working } from './broker-samples.suite.ts';
import type { BrokerUnderTest } from './broker.suite.ts';

export function updateCases(under: () => BrokerUnderTest): void {
  it('executions come one by one, each with what was filled after it', async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    await trade(brokerOrderId, '3', '49.5');
    await trade(brokerOrderId, '2.5', '49.25');
    await trade(brokerOrderId, '4.5', '49.125');

    const updates = await followed.executions(brokerOrderId, 3);
    expect(updates.map(({ execution }) => execution)).toMatchObject([
      { brokerOrderId, quantity: '3', price: '49.5', cumulativeQuantity: '3' },
      { brokerOrderId, quantity: '2.5', price: '49.25', cumulativeQuantity: '5.5' },
      { brokerOrderId, quantity: '4.5', price: '49.125', cumulativeQuantity: '10' },
    ]);
    expect(updates.map(({ order }) => [order.status, order.filledQuantity])).toEqual([
      ['open', '3'],
      ['open', '5.5'],
      ['filled', '10'],
    ]);
    expect(new Set(updates.map(({ execution }) => execution?.executionId)).size).toBe(3);
  });

  it('an execution that the broker undoes or changes is named as it was told, whatever the order counts afterwards', async () => {
    const { broker, openAccount, trade, bust, correct } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    await trade(brokerOrderId, '3', '49.5');
    await trade(brokerOrderId, '7', '49.25');
    const [first, second] = (await followed.executions(brokerOrderId, 2)).map(
      ({ execution }) => execution!.executionId!,
    );

    await correct(first!, '2', '49.75');
    const corrected = (await followed.amendments(brokerOrderId, 1))[0]!;
    expect(corrected).toMatchObject({
      order: { status: 'filled', filledQuantity: '9' },
      execution: null,
      amendment: { kind: 'correction', executionId: first, corrected: { quantity: '2', price: '49.75' } },
    });
    await bust(first!, 'follows');
    await bust(second!, 'stays');
    const [, undone, counted] = await followed.amendments(brokerOrderId, 3);
    const correctedId = corrected.amendment!.kind === 'correction' ? corrected.amendment!.correctedId : '';
    expect(undone).toMatchObject({
      order: { status: 'filled', filledQuantity: '7' },
      amendment: { kind: 'bust', executionId: correctedId },
    });
    expect(counted).toMatchObject({
      order: { status: 'filled', filledQuantity: '7' },
      amendment: { kind: 'bust', executionId: second },
    });
    const times = (await followed.amendments(brokerOrderId, 3)).map(({ amendment }) => amendment!.at);
    expect(times).toEqual(times.toSorted());
    expect(await broker.positions(access)).toEqual({ kind: 'found', value: [] });
  });

  it('an update with a word that nobody knows brings the order as it is, and itself to the letter', async () => {
    const { broker, openAccount, trade, sayStrangely } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId, clientOrderId } = await working(broker, access, followed);
    await trade(brokerOrderId, '3', '49.5');
    await sayStrangely(brokerOrderId);
    const strange = await followed.until((update) => update.kind === 'unreadable');
    expect(strange).toMatchObject({ clientOrderId, raw: expect.stringContaining(brokerOrderId) as string });
    const before = followed.updates[followed.updates.indexOf(strange) - 1];
    expect(before).toMatchObject({
      kind: 'order',
      order: { brokerOrderId, status: 'open', filledQuantity: '3' },
      execution: null,
      amendment: null,
    });
  });

  it('an execution repeated by the broker can be told by its id', async () => {
    const { broker, openAccount, trade, repeatNextUpdate } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    await repeatNextUpdate(access);
    await trade(brokerOrderId, '3', '49.5');
    const [first, second] = await followed.executions(brokerOrderId, 2);
    expect(second?.execution).toEqual(first?.execution);
  });

  it('a filled bracket sets its exits to work', async () => {
    const { broker, openAccount, setPrice, trade } = under();
    await setPrice('AAPL', '100');
    const access = await openAccount();
    const followed = await follow(under(), access);
    const ticket = sampleTicket({ takeProfit: '160', stopLoss: '40' });
    const { brokerOrderId, legs } = await working(broker, access, followed, ticket);
    await trade(brokerOrderId, '10', '49.5');
    for (const leg of legs) {
      await followed.until((update) => isAbout(update, leg.brokerOrderId) && update.order.status === 'open');
    }
  });

  it('a request that lost a race is told', async () => {
    const { broker, openAccount, trade } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    expect(await broker.cancel(access, brokerOrderId)).toEqual({ kind: 'accepted' });
    await trade(brokerOrderId, '10', '49.5');
    const lost = await followed.until((update) => isAbout(update, brokerOrderId) && update.refused === 'cancel');
    expect(lost).toMatchObject({ order: { status: 'filled' }, execution: null });
  });

  it('only the own account is told of', async () => {
    const { broker, openAccount } = under();
    const [mine, other] = [await openAccount(), await openAccount()];
    const followed = await follow(under(), mine);
    const foreign = await submitted(broker, other, sampleTicket());
    const own = await working(broker, mine, followed);
    expect(followed.updates.some((update) => isAbout(update, own.brokerOrderId))).toBe(true);
    expect(followed.updates.some((update) => isAbout(update, foreign.brokerOrderId))).toBe(false);
  });

  it('the subscription comes back after every cut, and what was missed can be looked up', async () => {
    const { broker, openAccount, cutStream, trade } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    await followed.untilCaughtUp(1);
    for (let cut = 1; cut <= 3; cut += 1) {
      await cutStream(access);
      await trade(brokerOrderId, '2', '49.5');
      await followed.untilConnected(cut + 1);
      await followed.untilCaughtUp(cut + 1);
    }
    const found = await broker.executionsOf(access, brokerOrderId);
    expect(found).toMatchObject({ kind: 'found', value: [{}, {}, { cumulativeQuantity: '6' }] });
    await trade(brokerOrderId, '4', '49.5');
    await followed.until((update) => isAbout(update, brokerOrderId) && update.order.status === 'filled');
  });

  it('following ends when the right to act ends, and nothing else is taken either', async () => {
    const { broker, openAccount, revoke } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId, clientOrderId } = await working(broker, access, followed);
    await revoke(access);
    expect(await followed.ended).toBe('unauthorized');

    const ticket = sampleTicket();
    const terms = { quantity: '5', limitPrice: '50', stopPrice: null, timeInForce: 'day' } as const;
    const outcomes = await Promise.all([
      broker.submit(access, admitted(ticket), ticket.orderId),
      broker.replace(access, brokerOrderId, changeAdmitted(ticket, 1, terms), `${clientOrderId}~r1`),
      broker.cancel(access, brokerOrderId),
      broker.byId(access, brokerOrderId),
      broker.byClientOrderId(access, clientOrderId),
      broker.executionsOf(access, brokerOrderId),
      broker.executionsAfter(access, '2000-01-01T00:00:00.000Z'),
      broker.submittedAfter(access, '2000-01-01T00:00:00.000Z'),
      broker.account(access),
      broker.positions(access),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'unauthorized'));
  });

  it('following ends at once when it is stopped', async () => {
    const { broker, openAccount } = under();
    const stop = new AbortController();
    const ended = broker.follow(
      await openAccount(),
      {
        onConnected: async () => stop.abort(),
        onCaughtUp: () => undefined,
        onUpdate: () => Promise.resolve(),
        onTrouble: () => undefined,
      },
      stop.signal,
    );
    expect(await ended).toBe('stopped');
  });
}
