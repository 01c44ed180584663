import { describe, expect, it } from 'vitest';
import type { OrderCommand } from './order.ts';
import { order } from './order.ts';
import { after, AT, claim, execution, later, place, reported, ticket } from './samples.suite.ts';

const decide = (command: OrderCommand, ...before: readonly OrderCommand[]) =>
  order.decide(command, after(...before).state);
const types = (...commands: readonly OrderCommand[]) => after(...commands).events.map((event) => event.type);
const statusAfter = (...commands: readonly OrderCommand[]) => after(...commands).state.status;

const acknowledged = reported({ status: 'open' });
const cancel: OrderCommand = { type: 'RequestCancel', at: later(6) };
const replaceWith = (quantity: string): OrderCommand => ({
  type: 'RequestReplace',
  terms: { quantity, limitPrice: '187.25', stopPrice: null, timeInForce: 'day' },
  at: later(6),
});

describe('placing an order', () => {
  it('is recorded once, however often it is asked for', () => {
    expect(types(place(), place())).toEqual(['OrderPlaced']);
  });
  it('is refused when another order has the id', () => {
    expect(decide(place({ quantity: '11' }), place())).toEqual({ kind: 'refused', refusal: { code: 'order_differs' } });
  });
});

describe('claiming an order', () => {
  it('is given to one process only', () => {
    expect(decide(claim('claim-2'), place(), claim('claim-1'))).toEqual({
      kind: 'refused',
      refusal: { code: 'already_claimed' },
    });
    expect(types(place(), claim('claim-1'), claim('claim-1'))).toEqual(['OrderPlaced', 'SubmissionClaimed']);
  });
  it('comes too late for an old intent: a market order after 15 s, a limit order after 60 s', () => {
    const market = place({ type: 'market', limitPrice: null });
    expect(types(market, claim('c', later(15)))).toEqual(['OrderPlaced', 'SubmissionClaimed']);
    expect(types(market, claim('c', later(16)))).toEqual(['OrderPlaced', 'OrderNotSent']);
    expect(types(place(), claim('c', later(61)))).toEqual(['OrderPlaced', 'OrderNotSent']);
  });
  it('may be repeated after a proven failure to send', () => {
    const failed: OrderCommand = { type: 'RecordSubmissionFailed', claimId: 'claim-1', reason: 'refused', at: AT };
    expect(after(place(), claim('claim-1'), failed, claim('claim-2')).state).toMatchObject({
      status: 'claimed',
      attempts: 2,
    });
  });
  it('finds a cancelled order cancelled, and never sends it', () => {
    expect(types(place(), cancel)).toEqual(['OrderPlaced', 'OrderCancelled']);
    expect(decide(claim(), place(), cancel)).toEqual({ kind: 'refused', refusal: { code: 'already_claimed' } });
    const failed: OrderCommand = { type: 'RecordSubmissionFailed', claimId: 'claim-1', reason: 'refused', at: AT };
    expect(statusAfter(place(), claim(), cancel, failed, claim('claim-2'))).toBe('cancelled');
  });
});

describe('an order that can not be sent yet', () => {
  const delayed: OrderCommand = { type: 'RecordSubmissionDelayed', reason: 'waiting', at: later(1) };
  it('is said to wait once, until it is sent', () => {
    expect(types(place(), delayed, delayed)).toEqual(['OrderPlaced', 'SubmissionDelayed']);
    expect(statusAfter(place(), delayed)).toBe('placed');
    expect(types(place(), delayed, claim(), delayed).slice(2)).toEqual(['SubmissionClaimed']);
    const failed: OrderCommand = { type: 'RecordSubmissionFailed', claimId: 'claim-1', reason: 'lost', at: AT };
    expect(types(place(), delayed, claim(), failed, delayed).at(-1)).toBe('SubmissionDelayed');
  });
  it('can be cancelled all the same', () => {
    expect(types(place(), delayed, cancel)).toEqual(['OrderPlaced', 'SubmissionDelayed', 'OrderCancelled']);
  });
});

describe('an order that the record has lost', () => {
  const recovered: OrderCommand = {
    type: 'RecoverOrder',
    ticket: ticket(),
    brokerOrderId: 'B1',
    clientOrderId: `tradsy-${ticket().orderId}`,
    at: later(9),
  };
  it('is recovered once, and works at the broker', () => {
    expect(types(recovered, recovered)).toEqual(['OrderRecovered']);
    expect(after(recovered).state).toMatchObject({ status: 'working', brokerOrderId: 'B1', attempts: 0 });
  });
  it('is not recovered where it is recorded', () => {
    expect(types(place(), recovered)).toEqual(['OrderPlaced']);
  });
  it('is filled and cancelled as any other, and never sent', () => {
    const filled = reported({ filledQuantity: '10', status: 'filled', executions: [execution('10', '10')] });
    expect(types(recovered, filled)).toEqual(['OrderRecovered', 'OrderFilled']);
    expect(types(recovered, cancel, reported({ status: 'cancelled' })).slice(1)).toEqual([
      'CancelRequested',
      'OrderCancelled',
    ]);
    expect(decide(claim(), recovered)).toEqual({ kind: 'refused', refusal: { code: 'already_claimed' } });
  });
  it('is the same when its request is repeated, and another one when it is not the same', () => {
    expect(types(recovered, place())).toEqual(['OrderRecovered']);
    expect(decide(place({ quantity: '11' }), recovered).kind).toBe('refused');
  });
});

describe('an outcome in doubt', () => {
  const doubt: OrderCommand = { type: 'RecordUnconfirmed', reason: 'time-out', at: later(10) };
  it('is resolved by the broker', () => {
    expect(statusAfter(place(), claim(), doubt)).toBe('unconfirmed');
    expect(statusAfter(place(), claim(), doubt, acknowledged)).toBe('working');
  });
  it('can not be claimed again', () => {
    expect(decide(claim('claim-2'), place(), claim(), doubt).kind).toBe('refused');
  });
  it('ends as not received, and goes on if the broker has it after all', () => {
    const lost: OrderCommand = { type: 'RecordNotReceived', reason: 'unknown there', at: later(70) };
    expect(statusAfter(place(), claim(), doubt, lost)).toBe('not_received');
    expect(statusAfter(place(), claim(), doubt, lost, acknowledged)).toBe('working');
  });
  it('is recorded once', () => {
    expect(types(place(), claim(), doubt, doubt)).toEqual([
      'OrderPlaced',
      'SubmissionClaimed',
      'SubmissionUnconfirmed',
    ]);
  });
});

describe('the broker', () => {
  it('rejects', () => {
    const rejected: OrderCommand = {
      type: 'RecordRejected',
      code: '40310000',
      reason: 'insufficient buying power',
      at: AT,
    };
    expect(types(place(), claim(), rejected, rejected)).toEqual(['OrderPlaced', 'SubmissionClaimed', 'OrderRejected']);
  });
  it('fills in parts', () => {
    const { state, events } = after(
      place(),
      claim(),
      acknowledged,
      reported({ filledQuantity: '4', executions: [execution('4', '4')] }),
      reported({ filledQuantity: '10', status: 'filled', executions: [execution('6', '10')] }),
    );
    expect(state.status).toBe('filled');
    expect(events.slice(-2)).toMatchObject([
      { type: 'OrderPartiallyFilled', data: { filledQuantity: '4', leavesQuantity: '6', late: false } },
      { type: 'OrderFilled', data: { filledQuantity: '10', leavesQuantity: '0', late: false } },
    ]);
  });
});

describe('cancelling', () => {
  it('is asked of the broker once, and ends the order only by its word', () => {
    expect(types(place(), claim(), acknowledged, cancel, cancel).slice(3)).toEqual(['CancelRequested']);
    expect(statusAfter(place(), claim(), acknowledged, cancel)).toBe('working');
    expect(statusAfter(place(), claim(), acknowledged, cancel, reported({ status: 'cancelled' }))).toBe('cancelled');
  });
  it('may be refused, and asked for again', () => {
    const refused: OrderCommand = { type: 'RecordCancelRefused', reason: 'too late', at: later(7) };
    expect(types(place(), claim(), acknowledged, cancel, refused, cancel).slice(3)).toEqual([
      'CancelRequested',
      'CancelRefused',
      'CancelRequested',
    ]);
  });
  it('is refused for a finished order', () => {
    expect(decide(cancel, place(), claim(), acknowledged, reported({ status: 'cancelled' }))).toEqual({
      kind: 'refused',
      refusal: { code: 'order_not_working', status: 'cancelled' },
    });
  });
});

describe('changing', () => {
  const working = [place(), claim(), acknowledged] as const;
  it('takes effect when the broker says so', () => {
    expect(after(...working, replaceWith('12')).state).toMatchObject({
      ticket: { quantity: '10' },
      replacement: { revision: 1 },
    });
    const confirmed = reported({ revision: 1, brokerOrderId: 'B2', status: 'open' });
    expect(after(...working, replaceWith('12'), confirmed).state).toMatchObject({
      ticket: { quantity: '12' },
      brokerOrderId: 'B2',
      formerBrokerOrderIds: ['B1'],
      replacement: null,
    });
  });
  it('is proven by the old order making way, whatever became of the new one', () => {
    const ended = reported({ revision: 1, brokerOrderId: 'B2', status: 'cancelled', tookEffect: true });
    expect(types(...working, replaceWith('12'), ended).slice(-2)).toEqual(['OrderReplaced', 'OrderCancelled']);
    const unproven = reported({ revision: 1, brokerOrderId: 'B2', status: 'cancelled' });
    expect(after(...working, replaceWith('12'), unproven).state).toMatchObject({
      status: 'working',
      brokerOrderId: 'B1',
    });
  });
  it('is recorded once; another change must wait', () => {
    expect(types(...working, replaceWith('12'), replaceWith('12')).slice(3)).toEqual(['ReplaceRequested']);
    expect(decide(replaceWith('13'), ...working, replaceWith('12'))).toEqual({
      kind: 'refused',
      refusal: { code: 'replace_pending' },
    });
  });
  it('is refused for a partly filled order', () => {
    const partly = reported({ filledQuantity: '4', executions: [execution('4', '4')] });
    expect(decide(replaceWith('12'), ...working, partly)).toEqual({
      kind: 'refused',
      refusal: { code: 'order_partly_filled' },
    });
  });
  it('may be rejected by the broker', () => {
    const rejected = reported({ revision: 1, brokerOrderId: 'B2', status: 'rejected', reason: 'no' });
    expect(after(...working, replaceWith('12'), rejected).state).toMatchObject({
      status: 'working',
      brokerOrderId: 'B1',
      replacement: null,
    });
  });
});

it('records every command only once', () => {
  const commands: readonly OrderCommand[] = [
    place(),
    claim(),
    { type: 'RecordUnconfirmed', reason: 'time-out', at: AT },
    acknowledged,
    replaceWith('12'),
    reported({ revision: 1, brokerOrderId: 'B2' }),
    cancel,
    { type: 'RecordCancelRefused', reason: 'too late', at: AT },
    reported({
      revision: 1,
      brokerOrderId: 'B2',
      filledQuantity: '3',
      executions: [execution('3', '3', { brokerOrderId: 'B2' })],
    }),
    reported({ revision: 1, brokerOrderId: 'B2', filledQuantity: '3', status: 'expired' }),
  ];
  const once = after(...commands);
  let { state } = { state: order.initial };
  for (const command of commands) {
    for (const event of after_(command, state)) state = order.evolve(state, event);
    expect(after_(command, state)).toEqual([]);
  }
  expect(state).toEqual(once.state);

  function after_(command: OrderCommand, from: typeof state) {
    const decision = order.decide(command, from);
    return decision.kind === 'accepted' ? decision.events : [];
  }
});

it('an observed order is an order like any other', () => {
  const observed: OrderCommand = {
    type: 'ObserveOrder',
    ticket: ticket(),
    brokerOrderId: 'B1',
    parentOrderId: null,
    role: 'external',
    at: AT,
  };
  const linked: OrderCommand = { ...observed, parentOrderId: 'parent', role: 'take_profit' };
  expect(types(observed, observed, linked, linked)).toEqual(['OrderObserved', 'BracketLinked']);
  expect(
    statusAfter(observed, reported({ status: 'filled', filledQuantity: '10', executions: [execution('10', '10')] })),
  ).toBe('filled');
});
