import { describe, expect, it } from 'vitest';
import { orderStream } from '../../domain/order/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { BASIS, readInputs } from '../../domain/risk-policy/samples.suite.ts';
import type { BrokerAccess, BrokerOrder, CancelOutcome, LookUp, ReplaceOutcome } from '../ports/broker.ts';
import { ACCOUNT, brokerOrder, cause, openDesk, unstopped } from './order-path.suite.ts';
import { createSendCancel, createSendReplace } from './send-requests.ts';
import { createSubmitOrder } from './submit-order.ts';

async function workingOrder() {
  const desk = await openDesk();
  const placed = await desk.placeOrder(desk.order());
  if (placed.kind !== 'placed') throw new Error(placed.kind);
  const { orderId } = placed;
  await createSubmitOrder(desk.needs)(orderId, cause, unstopped);
  const answers = {
    cancel: { kind: 'accepted' } as CancelOutcome,
    replace: { kind: 'unknown', reason: 'time-out' } as ReplaceOutcome,
    old: { kind: 'found', value: brokerOrder(orderId) } as LookUp<BrokerOrder>,
  };
  const replaced: string[] = [];
  const looks: string[] = [];
  const needs = {
    ...desk.needs,
    broker: {
      ...desk.needs.broker,
      cancel: () => Promise.resolve(answers.cancel),
      replace: (_access: BrokerAccess, _brokerOrderId: string, _admission: unknown, id: string) => {
        replaced.push(id);
        return Promise.resolve(answers.replace);
      },
      byId(_access: BrokerAccess, brokerOrderId: string) {
        looks.push(brokerOrderId);
        return Promise.resolve(answers.old);
      },
    },
  };
  // As in the product, one of each for all requests.
  const [sendCancel, sendReplace] = [createSendCancel(needs), createSendReplace(needs)];
  const ask = (command: Parameters<typeof desk.aggregates.orders.handle>[1]) =>
    desk.aggregates.orders.handle(orderStream(orderId), command, cause);
  const terms = { quantity: '2', limitPrice: null, stopPrice: null, timeInForce: 'day' } as const;
  return {
    ...desk,
    orderId,
    answers,
    replaced,
    looks,
    terms,
    requestCancel: () => ask({ type: 'RequestCancel', at: needs.clock.now() }),
    requestReplace: async () => {
      const change = {
        type: 'AssessReplacement',
        orderId,
        revision: 1,
        terms,
        inputs: readInputs(),
        basis: BASIS,
        at: needs.clock.now(),
      } as const;
      await desk.aggregates.risk.handle(riskStream(ACCOUNT), change, cause);
      return ask({ type: 'RequestReplace', terms, at: needs.clock.now() });
    },
    requestUnadmittedReplace: () => ask({ type: 'RequestReplace', terms, at: needs.clock.now() }),
    sendCancel: () => sendCancel(orderId, cause, unstopped),
    sendReplace: () => sendReplace(orderId, cause, unstopped),
    last: async () => (await desk.typesOf(orderId)).at(-1),
  };
}

describe('a cancellation', () => {
  it('that the broker has under way is not refused, however often it is sent', async () => {
    const { requestCancel, sendCancel, last, answers, orderId } = await workingOrder();
    await requestCancel();
    await sendCancel();
    answers.cancel = { kind: 'refused', reason: 'already pending cancel' };
    answers.old = { kind: 'found', value: brokerOrder(orderId, { underWay: 'cancel' }) };
    await sendCancel();
    expect(await last()).toBe('CancelRequested');
  });

  it('is refused when the order works on, and moot when it was filled', async () => {
    const refusing = await workingOrder();
    await refusing.requestCancel();
    refusing.answers.cancel = { kind: 'refused', reason: 'no' };
    await refusing.sendCancel();
    expect(await refusing.last()).toBe('CancelRefused');

    const ended = await workingOrder();
    await ended.requestCancel();
    ended.answers.cancel = { kind: 'refused', reason: 'already canceled' };
    ended.answers.old = { kind: 'found', value: brokerOrder(ended.orderId, { status: 'cancelled' }) };
    await ended.sendCancel();
    expect(await ended.last()).toBe('OrderCancelled');
  });
});

describe('a change that waits for its turn', () => {
  it('is sent when the turn comes, and looked at anew before', async () => {
    const { requestReplace, requestCancel, sendReplace, replaced, last, script } = await workingOrder();
    await requestReplace();
    script.ready = () => ({ kind: 'held', reason: 'no turn', retryAfterMs: 1_000 });
    await sendReplace();
    expect(replaced).toEqual([]);
    script.ready = () => ({ kind: 'ready' });
    await sendReplace();
    expect(replaced).toHaveLength(1);
    script.ready = async () => {
      await requestCancel();
      return { kind: 'ready' };
    };
    await sendReplace();
    expect(replaced).toHaveLength(1);
    expect(await last()).toBe('CancelRequested');
  });
});

describe('a change whose answer never came', () => {
  it('is not taken for refused because the replacement is not found yet', async () => {
    const { requestReplace, sendReplace, last, answers, orderId, script, terms } = await workingOrder();
    await requestReplace();
    await sendReplace();
    answers.replace = { kind: 'refused', reason: 'order already pending replacement' };
    answers.old = { kind: 'found', value: brokerOrder(orderId, { underWay: 'replace' }) };
    await sendReplace();
    expect(await last()).toBe('ReplaceRequested');

    script.lookUp = (id) => ({ kind: 'found', value: brokerOrder(id, { brokerOrderId: 'B2', terms }) });
    answers.old = { kind: 'found', value: brokerOrder(orderId, { status: 'replaced', replacedBy: 'B2' }) };
    await sendReplace();
    expect(await last()).toBe('OrderReplaced');
  });

  it('is refused once the old order works on with nothing under way', async () => {
    const { requestReplace, sendReplace, last, answers } = await workingOrder();
    await requestReplace();
    answers.replace = { kind: 'refused', reason: 'order is not open' };
    await sendReplace();
    expect(await last()).toBe('ReplaceRefused');
  });

  it('is not sent when the risk engine has not admitted it', async () => {
    const { requestUnadmittedReplace, sendReplace, last, answers, alarms } = await workingOrder();
    await requestUnadmittedReplace();
    answers.replace = { kind: 'refused', reason: 'must not be asked' };
    await sendReplace();
    expect(await last()).toBe('ReplaceRefused');
    expect(alarms).toEqual(['a change that was never admitted is not sent']);
  });

  it('waits while the gate is closed, and is sent when it is open', async () => {
    const { requestReplace, sendReplace, last, answers, gate, orderId, terms } = await workingOrder();
    await requestReplace();
    answers.replace = { kind: 'accepted', order: brokerOrder(`${orderId}~r1`, { terms, replaces: `B-${orderId}` }) };
    gate.close();
    await sendReplace();
    expect(await last()).toBe('ReplaceRequested');
    gate.open();
    await sendReplace();
    expect(await last()).toBe('OrderReplaced');
  });

  it('is given up after a minute though the gate stays closed', async () => {
    const { requestReplace, sendReplace, last, gate, passTime } = await workingOrder();
    await requestReplace();
    gate.close();
    passTime(61);
    await sendReplace();
    expect(await last()).toBe('ReplaceRefused');
  });

  it('is not sent while the position is not the broker’s, and is refused once it surely was not sent before', async () => {
    const { aggregates, requestReplace, sendReplace, last, answers, needs, orderId, script } = await workingOrder();
    await requestReplace();
    const found = { symbol: 'AAPL', ours: '0', brokers: '5', at: needs.clock.now() };
    await aggregates.risk.handle(riskStream(ACCOUNT), { type: 'ReportPositionMismatch', ...found }, cause);
    answers.replace = { kind: 'refused', reason: 'must not be asked' };
    script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    await sendReplace();
    expect(await last()).toBe('ReplaceRequested');
    script.lookUp = () => ({ kind: 'not_found' });
    answers.old = { kind: 'found', value: brokerOrder(orderId) };
    await sendReplace();
    expect(await last()).toBe('ReplaceRefused');
  });

  it('is not sent any more once the order has been partly executed', async () => {
    const { requestReplace, sendReplace, last, answers, needs, access, orderId } = await workingOrder();
    await requestReplace();
    answers.replace = { kind: 'unknown', reason: 'must not be asked' };
    const execution = {
      brokerOrderId: `B-${orderId}`,
      executionId: 'E1',
      recordId: null,
      quantity: '0.5',
      price: '100',
      cumulativeQuantity: '0.5',
      executedAt: needs.clock.now(),
    };
    const partly = brokerOrder(orderId, { filledQuantity: '0.5' });
    await needs.recordBrokerOrder(access, { order: partly, execution, reason: null }, cause);
    answers.old = { kind: 'found', value: partly };
    await sendReplace();
    expect(await last()).toBe('ReplaceRefused');
  });

  it('is given up after a minute, and is not sent any more', async () => {
    const { requestReplace, sendReplace, last, answers, passTime } = await workingOrder();
    await requestReplace();
    passTime(61);
    answers.replace = { kind: 'unknown', reason: 'must not be asked' };
    await sendReplace();
    expect(await last()).toBe('ReplaceRefused');
  });
});

describe('a request that the broker does not decide', () => {
  const OVERDUE = 'a request has not been decided for long';

  it('to cancel is looked up after half a minute, though the broker says again and again that it has it', async () => {
    const { requestCancel, sendCancel, answers, looks, orderId, passTime, last } = await workingOrder();
    await requestCancel();
    answers.old = { kind: 'found', value: brokerOrder(orderId, { status: 'cancelled' }) };
    passTime(29);
    await sendCancel();
    expect(looks).toEqual([]);
    passTime(1);
    await sendCancel();
    expect(looks).toHaveLength(1);
    expect(await last()).toBe('OrderCancelled');
  });

  it('to change is looked up after half a minute', async () => {
    const { requestReplace, sendReplace, answers, looks, orderId, passTime, last } = await workingOrder();
    await requestReplace();
    answers.old = { kind: 'found', value: brokerOrder(orderId, { status: 'cancelled' }) };
    passTime(30);
    await sendReplace();
    expect(looks).toHaveLength(1);
    expect(await last()).toBe('OrderCancelled');
  });

  it('is told to people once after five minutes, and the next one again', async () => {
    const { requestCancel, sendCancel, answers, orderId, passTime, alarms } = await workingOrder();
    await requestCancel();
    answers.old = { kind: 'found', value: brokerOrder(orderId, { underWay: 'cancel' }) };
    passTime(299);
    await sendCancel();
    expect(alarms).toEqual([]);
    passTime(1);
    for (let times = 0; times < 2; times += 1) await sendCancel();
    expect(alarms).toEqual([OVERDUE]);

    answers.cancel = { kind: 'refused', reason: 'no' };
    answers.old = { kind: 'found', value: brokerOrder(orderId) };
    await sendCancel();
    answers.cancel = { kind: 'accepted' };
    await requestCancel();
    await sendCancel();
    expect(alarms).toEqual([OVERDUE]);
    passTime(300);
    await sendCancel();
    expect(alarms).toEqual([OVERDUE, OVERDUE]);
  });

  it('to change is told to people after five minutes, while it is asked what became of it', async () => {
    const { requestReplace, sendReplace, script, passTime, last, alarms } = await workingOrder();
    await requestReplace();
    script.lookUp = () => ({ kind: 'unknown', reason: 'time-out' });
    for (let minutes = 0; minutes < 6; minutes += 1) {
      passTime(60);
      await sendReplace();
    }
    expect(alarms).toEqual([OVERDUE]);
    expect(await last()).toBe('ReplaceRequested');
  });
});
