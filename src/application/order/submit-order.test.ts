import { describe, expect, it } from 'vitest';
import { orderStream } from '../../domain/order/events.ts';
import type { Readiness } from '../ports/broker.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { aborted } from '../ports/leases.suite.ts';
import { createCancelOrder } from './change-order.ts';
import { ACCOUNT, brokerOrder, cause, openDesk, unstopped, USER } from './order-path.suite.ts';
import { createDoubtWatch } from './doubt-watch.ts';
import { createConfirmOrder } from './confirm-order.ts';
import { createSubmitOrder } from './submit-order.ts';

const STRANGER = '33333333-3333-4333-8333-333333333333';

async function placedOrder() {
  const desk = await openDesk();
  const answer = await desk.placeOrder(desk.order());
  if (answer.kind !== 'placed') throw new Error(answer.kind);
  const submit = createSubmitOrder(desk.needs);
  const confirm = createConfirmOrder(desk.needs);
  return {
    ...desk,
    orderId: answer.orderId,
    submit: (signal = unstopped) => submit(answer.orderId, cause, signal),
    confirm: () => confirm(answer.orderId, cause),
    types: () => desk.typesOf(answer.orderId),
  };
}

describe('sending an order', () => {
  it('claims it first, and sends it once whoever else tries', async () => {
    const { submit, types, sent, orderId } = await placedOrder();
    await Promise.all([submit(), submit(), submit()]);
    await submit();
    expect(sent).toEqual([orderId]);
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionClaimed', 'OrderAcknowledged']);
  });

  it('sends nothing that the risk engine has not admitted, to the letter', async () => {
    const { needs, aggregates, types, sent, orderId, order, alarms } = await placedOrder();
    const ticket = { ...order().terms, quantity: '1000', orderId: STRANGER, accountId: ACCOUNT };
    const command = { type: 'PlaceOrder', ticket, channel: 'broker-api', at: needs.clock.now() } as const;
    await aggregates.orders.handle(orderStream(STRANGER), command, cause);
    const submit = createSubmitOrder(needs);
    expect(await submit(STRANGER, cause, unstopped)).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(alarms).toEqual(['an order that was never admitted is not sent']);
    await submit(orderId, cause, unstopped);
    expect(sent).toEqual([orderId]);
    expect(await types()).toContain('OrderAcknowledged');
  });

  it('records the broker’s refusal', async () => {
    const { submit, types, script } = await placedOrder();
    script.submit = () => ({ kind: 'rejected', code: '40310000', reason: 'insufficient buying power' });
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionClaimed', 'OrderRejected']);
  });

  it('sends nothing that its process was stopped before: not late, and not when its time is over', async () => {
    const { needs, types, sent, passTime, orderId } = await placedOrder();
    const stopped = (point: string): void => {
      if (point === 'after-claim') passTime(20);
    };
    const submit = createSubmitOrder({ ...needs, pass: stopped });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'again', afterMs: 0 });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionClaimed', 'SubmissionFailed', 'OrderNotSent']);
  });

  it('tries again what was proven not sent, while the intent is fresh', async () => {
    const { submit, types, script, sent, passTime } = await placedOrder();
    script.submit = () => ({ kind: 'not_sent', reason: 'connection refused', retryAfterMs: 500 });
    expect(await submit()).toEqual({ kind: 'again', afterMs: 500 });
    expect(await submit()).toEqual({ kind: 'again', afterMs: 500 });
    passTime(16);
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toHaveLength(2);
    expect((await types()).at(-1)).toBe('OrderNotSent');
  });

  it('waits for its turn before it claims anything, and then sends what is still wanted', async () => {
    const { submit, types, script, sent, orderId } = await placedOrder();
    let grant = (_answer: Readiness): void => undefined;
    const turn = new Promise<Readiness>((resolve) => (grant = resolve));
    const asked = new Promise<void>((resolve) => {
      script.ready = () => {
        resolve();
        return turn;
      };
    });
    const waiting = submit();
    await asked;
    expect(await types()).toEqual(['OrderPlaced']);
    grant({ kind: 'ready' });
    expect(await waiting).toEqual({ kind: 'settled' });
    expect(sent).toEqual([orderId]);
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionClaimed', 'OrderAcknowledged']);
  });

  it('does not send what was cancelled while it waited', async () => {
    const { submit, types, script, sent, aggregates, orderId, needs } = await placedOrder();
    script.ready = async () => {
      const cancel = { type: 'RequestCancel', at: needs.clock.now() } as const;
      await aggregates.orders.handle(orderStream(orderId), cancel, cause);
      return { kind: 'ready' };
    };
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(await types()).toEqual(['OrderPlaced', 'OrderCancelled']);
  });

  it('records nothing for each time that it has to wait, and ends only when the intent has grown old, saying why', async () => {
    const { submit, types, script, sent, passTime, store, orderId } = await placedOrder();
    script.ready = () => ({ kind: 'held', reason: 'The broker takes no more requests for now.', retryAfterMs: 700 });
    expect(await submit()).toEqual({ kind: 'again', afterMs: 700 });
    passTime(14);
    expect(await submit()).toEqual({ kind: 'again', afterMs: 700 });
    expect(await types()).toEqual(['OrderPlaced']);
    script.ready = () => {
      passTime(1);
      return { kind: 'held', reason: 'The broker takes no more requests for now.', retryAfterMs: 700 };
    };
    expect(await submit(AbortSignal.abort())).toEqual({ kind: 'again', afterMs: 700 });
    passTime(-1);
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect((await store.readStream(orderStream(orderId))).at(-1)).toMatchObject({
      type: 'OrderNotSent',
      data: { reason: 'The order was 15 s old before it could be sent. The broker takes no more requests for now.' },
    });
  });

  it('asks for no turn for what is too old already', async () => {
    const { submit, types, script, passTime } = await placedOrder();
    script.ready = () => {
      throw new Error('not to be asked');
    };
    passTime(3_600);
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(await types()).toEqual(['OrderPlaced', 'OrderNotSent']);
  });

  it('never sends again what is in doubt, but looks it up and adopts it', async () => {
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

  it('asks after an order that the broker knows already', async () => {
    const { submit, types, script } = await placedOrder();
    script.submit = () => ({ kind: 'known_already' });
    expect(await submit()).toEqual({ kind: 'doubt' });
    expect((await types()).at(-1)).toBe('SubmissionUnconfirmed');
  });

  it('gives up after a minute in which the broker knew nothing, and cancels it should it appear after all', async () => {
    const { submit, confirm, types, script, passTime, needs, access, orderId, alarms } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    expect(await confirm()).toEqual({ kind: 'doubt' });
    passTime(59);
    expect(await confirm()).toEqual({ kind: 'doubt', afterMs: 1_000 });
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

  it('does not give up because the broker was silent for long: it must have said no for a minute', async () => {
    const { submit, confirm, types, script, passTime, alarms } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    passTime(600);
    expect(await confirm()).toEqual({ kind: 'doubt' });
    script.lookUp = () => ({ kind: 'not_found' });
    expect(await confirm()).toEqual({ kind: 'doubt' });
    passTime(59);
    // From here on it is asked quickly, so that the end of the doubt is not late.
    expect(await confirm()).toEqual({ kind: 'doubt', afterMs: 1_000 });
    expect((await types()).at(-1)).toBe('SubmissionUnconfirmed');
    passTime(1);
    expect(await confirm()).toEqual({ kind: 'settled' });
    expect((await types()).at(-1)).toBe('OrderNotReceived');
    expect(alarms).toEqual(['an order stays in doubt', 'an order is given up for lost']);
  });

  it('tells a person of the doubt once, and again after a restart, however the broker answers', async () => {
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

  it('asks for an order under the name that a former release gave it before giving up', async () => {
    const { needs, submit, types, script, passTime, orderId } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    const asked: string[] = [];
    const byClientOrderId = (_access: unknown, id: string) => {
      asked.push(id);
      const found = { kind: 'found', value: brokerOrder(orderId) } as const;
      return Promise.resolve(id === orderId ? found : ({ kind: 'not_found' } as const));
    };
    const confirm = createConfirmOrder({ ...needs, broker: { ...needs.broker, byClientOrderId } });
    expect(await confirm(orderId, cause)).toEqual({ kind: 'doubt' });
    passTime(60);
    expect(await confirm(orderId, cause)).toEqual({ kind: 'settled' });
    expect(asked).toEqual([`tradsy-${orderId}`, `tradsy-${orderId}`, orderId]);
    expect((await types()).at(-1)).toBe('OrderAcknowledged');
  });

  it('takes over the claim of a process that died', async () => {
    const { confirm, types, passTime, aggregates, orderId } = await placedOrder();
    const claim = { type: 'ClaimSubmission', claimId: 'dead', at: '2026-03-02T15:00:00.000Z' } as const;
    await aggregates.orders.handle(`order-${orderId}`, claim, cause);
    expect(await confirm()).toEqual({ kind: 'doubt' });
    expect((await types()).at(-1)).toBe('SubmissionClaimed');
    passTime(15);
    await confirm();
    expect((await types()).at(-1)).toBe('SubmissionUnconfirmed');
    passTime(45);
    expect(await confirm()).toEqual({ kind: 'settled' });
    expect((await types()).at(-1)).toBe('OrderNotReceived');
  });
});

describe('the gate', () => {
  it('keeps an order from being claimed until it is open, and says so once', async () => {
    const { gate, submit, types, sent, orderId } = await placedOrder();
    gate.close();
    expect(await submit()).toEqual({ kind: 'again', afterMs: 0 });
    expect(await submit()).toEqual({ kind: 'again', afterMs: 0 });
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionDelayed']);
    gate.open();
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([orderId]);
    expect((await types()).slice(2)).toEqual(['SubmissionClaimed', 'OrderAcknowledged']);
  });

  it('lets a waiting order go the moment it opens, without a word of waiting', async () => {
    const { needs, gate, orderId, types } = await placedOrder();
    gate.close();
    const sleep = (_ms: number, signal: AbortSignal): Promise<void> => {
      gate.open();
      return aborted(signal);
    };
    const submit = createSubmitOrder({ ...needs, clock: { ...needs.clock, sleep } });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'again', afterMs: 0 });
    expect(await types()).toEqual(['OrderPlaced']);
  });

  it('makes no order wait beyond its age: it is not sent then', async () => {
    const { gate, submit, types, sent, passTime } = await placedOrder();
    gate.close();
    await submit();
    passTime(15);
    expect(await submit()).toEqual({ kind: 'again', afterMs: 0 });
    passTime(1);
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(await types()).toEqual(['OrderPlaced', 'SubmissionDelayed', 'OrderNotSent']);
    gate.open();
    await submit();
    expect(sent).toEqual([]);
  });

  it('does not outlast the link: an account that is linked no more is told so', async () => {
    const { needs, gate, orderId, types, passTime } = await placedOrder();
    gate.close();
    const linked = { ...needs.linked, accessFor: () => Promise.resolve(null) };
    const submit = createSubmitOrder({ ...needs, linked });
    passTime(6);
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'settled' });
    expect((await types()).at(-1)).toBe('OrderNotSent');
  });

  it('may close between the claim and the broker: nothing is sent, and the order waits again', async () => {
    const { needs, gate, orderId, types, sent } = await placedOrder();
    const submit = createSubmitOrder({
      ...needs,
      pass: (point) => {
        if (point === 'after-claim') gate.close();
      },
    });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'again', afterMs: 0 });
    expect(sent).toEqual([]);
    expect((await types()).slice(1)).toEqual(['SubmissionClaimed', 'SubmissionFailed']);
    gate.open();
    await createSubmitOrder(needs)(orderId, cause, unstopped);
    expect(sent).toEqual([orderId]);
  });

  it('lets an order be cancelled that waits before it', async () => {
    const { gate, submit, types, sent, placing, orderId } = await placedOrder();
    gate.close();
    await submit();
    const cancel = createCancelOrder(placing);
    expect(await cancel({ userId: USER, accountId: ACCOUNT, orderId, cause })).toMatchObject({ kind: 'done' });
    gate.open();
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect((await types()).at(-1)).toBe('OrderCancelled');
  });

  it('finds an order adopted that the broker had all along, and it is not sent', async () => {
    const { needs, gate, submit, types, sent, access, orderId } = await placedOrder();
    gate.close();
    await submit();
    await needs.recordBrokerOrder(access, { order: brokerOrder(orderId), execution: null, reason: null }, cause);
    gate.open();
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect((await types()).at(-1)).toBe('OrderAcknowledged');
  });
});

describe('a position that is not the broker’s', () => {
  it('keeps an order in its symbol from being sent', async () => {
    const { aggregates, submit, types, sent, needs } = await placedOrder();
    const found = { symbol: 'AAPL', ours: '0', brokers: '5', at: needs.clock.now() };
    await aggregates.risk.handle(riskStream(ACCOUNT), { type: 'ReportPositionMismatch', ...found }, cause);
    expect(await submit()).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(await types()).toEqual(['OrderPlaced', 'OrderNotSent']);
  });
});

describe('what the broker reports', () => {
  it('of an order that was not placed here is recorded as observed', async () => {
    const { needs, access, store } = await placedOrder();
    const foreign = brokerOrder('from-elsewhere');
    const orderId = await needs.recordBrokerOrder(access, { order: foreign, execution: null, reason: null }, cause);
    await needs.recordBrokerOrder(access, { order: foreign, execution: null, reason: null }, cause);
    expect((await store.readStream(`order-${orderId}`)).map((event) => event.type)).toEqual(['OrderObserved']);
  });

  it('under the id of another account’s order does not touch that order', async () => {
    const { needs, access, orderId, types } = await placedOrder();
    const stranger = { ...access, accountId: '55555555-5555-4555-8555-555555555555' };
    await needs.recordBrokerOrder(stranger, { order: brokerOrder(orderId), execution: null, reason: null }, cause);
    expect(await types()).toEqual(['OrderPlaced']);
  });
});
