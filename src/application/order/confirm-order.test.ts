import { describe, expect, it } from 'vitest';
import { createConfirmOrder } from './confirm-order.ts';
import { createDoubtWatch } from './doubt-watch.ts';
import { brokerOrder, cause } from './order-path.suite.ts';
import { placedOrder } from './placed-order.suite.ts';

/** Asks the broker after it all along, for so many seconds, every ten; the last answer. */
async function askFor(
  seconds: number,
  { confirm, passTime }: Pick<Awaited<ReturnType<typeof placedOrder>>, 'confirm' | 'passTime'>,
) {
  let last = await confirm();
  for (let left = seconds; left > 0; left -= 10) {
    passTime(Math.min(10, left));
    last = await confirm();
  }
  return last;
}

describe('an order in doubt', () => {
  it('is never sent again, but looked up and adopted', async () => {
    const { submit, confirm, types, script, sent } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    expect(await submit()).toEqual({ kind: 'doubt' });
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(await confirm()).toEqual({ kind: 'doubt' });
    script.lookUp = (id) => ({ kind: 'found', value: brokerOrder(id) });
    expect(await confirm()).toEqual({ kind: 'settled' });
    expect(sent).toHaveLength(1);
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionClaimed', 'SubmissionUnconfirmed', 'OrderAcknowledged']);
  });

  it('is one that the broker says it knows already', async () => {
    const { submit, types, script } = await placedOrder();
    script.submit = () => ({ kind: 'known_already' });
    expect(await submit()).toEqual({ kind: 'doubt' });
    expect((await types()).at(-1)).toBe('SubmissionUnconfirmed');
  });

  it('is given up after a minute in which the broker knew nothing, and cancelled should it appear after all', async () => {
    const { submit, confirm, types, script, passTime, needs, access, orderId, alarms } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    expect(await askFor(59, { confirm, passTime })).toEqual({ kind: 'doubt', afterMs: 1_000 });
    passTime(1);
    expect(await confirm()).toEqual({ kind: 'settled' });
    expect((await types()).at(-1)).toBe('OrderNotReceived');
    await needs.recordBrokerOrder(access, { order: brokerOrder(orderId), execution: null, reason: null }, cause);
    expect((await types()).slice(-2)).toEqual(['OrderAcknowledged', 'CancelRequested']);
    expect(alarms).toEqual([
      'an order stays in doubt',
      'an order is given up for lost',
      'an order that had ended has appeared at the broker',
    ]);
  });

  it('is not given up because the broker was silent for long: it must have said no for a minute', async () => {
    const { submit, confirm, types, script, passTime, alarms } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    passTime(600);
    expect(await confirm()).toEqual({ kind: 'doubt' });
    script.lookUp = () => ({ kind: 'not_found' });
    expect(await askFor(30, { confirm, passTime })).toEqual({ kind: 'doubt' });
    // A silence in between says nothing, and what was said before it does not count any more.
    passTime(90);
    // Towards the end it is asked quickly, so that the end of the doubt is not late.
    expect(await askFor(59, { confirm, passTime })).toEqual({ kind: 'doubt', afterMs: 1_000 });
    expect((await types()).at(-1)).toBe('SubmissionUnconfirmed');
    passTime(1);
    expect(await confirm()).toEqual({ kind: 'settled' });
    expect((await types()).at(-1)).toBe('OrderNotReceived');
    expect(alarms).toEqual(['an order stays in doubt', 'an order is given up for lost']);
  });

  it('is told to a person once, and again after a restart, however the broker answers', async () => {
    const { needs, orderId, submit, script, passTime, alarms } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    const confirmIn = (process: typeof needs) => createConfirmOrder(process)(orderId, cause);
    passTime(44);
    await confirmIn(needs);
    expect(alarms).toEqual([]);
    passTime(1);
    await confirmIn(needs);
    await confirmIn(needs);
    expect(alarms).toEqual(['an order stays in doubt']);
    await confirmIn({ ...needs, watchDoubt: createDoubtWatch(needs) });
    expect(alarms).toEqual(['an order stays in doubt', 'an order stays in doubt']);
  });

  it('is asked for under the name that a former release gave it before it is given up', async () => {
    const { needs, submit, types, script, passTime, orderId } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    const asked: string[] = [];
    const byClientOrderId = (_access: unknown, id: string) => {
      asked.push(id);
      const found = { kind: 'found', value: brokerOrder(orderId) } as const;
      return Promise.resolve(id === orderId ? found : ({ kind: 'not_found' } as const));
    };
    const confirmOrder = createConfirmOrder({ ...needs, broker: { ...needs.broker, byClientOrderId } });
    const confirm = () => confirmOrder(orderId, cause);
    expect(await askFor(60, { confirm, passTime })).toEqual({ kind: 'settled' });
    expect(new Set(asked.slice(0, -1))).toEqual(new Set([`tradsy-${orderId}`]));
    expect(asked.at(-1)).toBe(orderId);
    expect((await types()).at(-1)).toBe('OrderAcknowledged');
  });

  it('may be one whose process died after its claim', async () => {
    const { confirm, types, passTime, aggregates, orderId } = await placedOrder();
    const claim = { type: 'ClaimSubmission', claimId: 'dead', at: '2026-03-02T15:00:00.000Z' } as const;
    await aggregates.orders.handle(`order-${orderId}`, claim, cause);
    expect(await confirm()).toEqual({ kind: 'doubt' });
    expect((await types()).at(-1)).toBe('SubmissionClaimed');
    passTime(15);
    await confirm();
    expect((await types()).at(-1)).toBe('SubmissionUnconfirmed');
    expect(await askFor(60, { confirm, passTime })).toEqual({ kind: 'settled' });
    expect((await types()).at(-1)).toBe('OrderNotReceived');
  });
});
