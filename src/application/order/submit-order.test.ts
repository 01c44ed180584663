import { describe, expect, it } from 'vitest';
import { orderStream } from '../../domain/order/events.ts';
import type { Readiness } from '../ports/broker.ts';
import { ACCOUNT, brokerOrder, cause, openDesk } from './order-path.suite.ts';
import { createConfirmOrder, createSubmitOrder } from './submit-order.ts';

const live = new AbortController().signal;
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
    submit: (signal = live) => submit(answer.orderId, cause, signal),
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
    expect(await submit(STRANGER, cause, live)).toEqual({ kind: 'settled' });
    expect(sent).toEqual([]);
    expect(alarms).toEqual(['an order that was never admitted is not sent']);
    await submit(orderId, cause, live);
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
    expect(await submit(orderId, cause, live)).toEqual({ kind: 'again', afterMs: 0 });
    expect(await submit(orderId, cause, live)).toEqual({ kind: 'settled' });
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
    passTime(59);
    expect(await confirm()).toEqual({ kind: 'doubt', afterMs: 1_000 });
    passTime(1);
    expect(await confirm()).toEqual({ kind: 'settled' });
    expect((await types()).at(-1)).toBe('OrderNotReceived');
    await needs.recordBrokerOrder(access, { order: brokerOrder(orderId), execution: null, reason: null }, cause);
    expect((await types()).slice(-2)).toEqual(['OrderAcknowledged', 'CancelRequested']);
    expect(alarms).toEqual(['an order is given up for lost', 'an order that had ended has appeared at the broker']);
  });

  it('does not take an unanswered look-up for a no', async () => {
    const { submit, confirm, types, script, passTime } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    passTime(61);
    expect(await confirm()).toEqual({ kind: 'doubt', afterMs: 500 });
    passTime(3_600);
    expect(await confirm()).toEqual({ kind: 'doubt' });
    expect((await types()).at(-1)).toBe('SubmissionUnconfirmed');
  });

  it('tells a person within 65 s of an order about which the broker says nothing, once', async () => {
    const { submit, confirm, script, passTime, alarms } = await placedOrder();
    script.submit = () => ({ kind: 'unknown', reason: 'time-out' });
    script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    await submit();
    passTime(44);
    await confirm();
    expect(alarms).toEqual([]);
    passTime(1);
    await confirm();
    await confirm();
    expect(alarms).toEqual(['an order stays in doubt']);
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
