import { describe, expect, it } from 'vitest';
import { orderStream } from '../../domain/order/events.ts';
import type { Readiness } from '../ports/broker.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { aborted } from '../ports/leases.suite.ts';
import { createCancelOrder } from './change-order.ts';
import { createGates } from './gates.ts';
import { ACCOUNT, brokerOrder, cause, unstopped, USER } from './order-path.suite.ts';
import { placedOrder } from './placed-order.suite.ts';
import { createSubmitOrder } from './submit-order.ts';

const STRANGER = '33333333-3333-4333-8333-333333333333';

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

  it('sends nothing that its process was stopped before while it waited for a connection', async () => {
    const { needs, types, passTime, orderId } = await placedOrder();
    const looks: boolean[] = [];
    const broker: typeof needs.broker = {
      ...needs.broker,
      async submit(_access, _admission, _id, lastLook) {
        passTime(looks.length === 0 ? 11 : 0);
        looks.push((await lastLook?.()) === true);
        return { kind: 'not_sent', reason: 'The last look was not clear.', retryAfterMs: 500 };
      },
    };
    const submit = createSubmitOrder({ ...needs, broker });
    expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'again', afterMs: 500 });
    await submit(orderId, cause, unstopped);
    expect(looks).toEqual([false, true]);
    expect(await types()).toContain('SubmissionFailed');
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

  it('that has never been open keeps an old order from ending: a restored record may lack that it was sent', async () => {
    for (const isAtBroker of [true, false]) {
      const { needs, orderId, types, sent, access, passTime } = await placedOrder();
      const gates = createGates();
      const gate = gates.keep(ACCOUNT);
      const submit = createSubmitOrder({ ...needs, gates });
      passTime(3_600);
      expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'again', afterMs: 0 });
      expect(await types()).toEqual(['OrderPlaced', 'SubmissionDelayed']);
      const shown = { order: brokerOrder(orderId), execution: null, reason: null };
      if (isAtBroker) await needs.recordBrokerOrder(access, shown, cause);
      gate.open();
      expect(await submit(orderId, cause, unstopped)).toEqual({ kind: 'settled' });
      expect((await types()).slice(2)).toEqual([isAtBroker ? 'OrderAcknowledged' : 'OrderNotSent']);
      expect(sent).toEqual([]);
    }
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
