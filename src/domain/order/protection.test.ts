import { describe, expect, it } from 'vitest';
import { quantity, toText } from '../kernel/decimal.ts';
import type { OrderCommand } from './order.ts';
import { decideProtection, exitsExcess, hasBracket, protectionOf } from './protection.ts';
import type { Protection } from './protection.ts';
import { after, AT, claim, execution, later, place, reported, ticket } from './samples.suite.ts';
import type { LiveOrder } from './state.ts';

const live = (...commands: readonly OrderCommand[]): LiveOrder => after(...commands).state as LiveOrder;

/** A bracket order that has executed so much of ten. */
const bracket = (filled: string, ...then: readonly OrderCommand[]): LiveOrder =>
  live(
    place({ takeProfit: '200', stopLoss: '180' }),
    claim(),
    reported({ filledQuantity: filled, executions: filled === '0' ? [] : [execution(filled, filled)] }),
    ...then,
  );

/** An exit as the broker tells of it. */
function exit(
  type: 'limit' | 'stop' | 'stop_limit',
  status: 'pending' | 'open' | 'cancelled',
  { ordered = '10', filled = '0' } = {},
): LiveOrder {
  const brokerOrderId = type === 'limit' ? 'B2' : 'B3';
  const terms = { quantity: ordered, limitPrice: null, stopPrice: '180', timeInForce: 'day' } as const;
  const observed = ticket({ ...terms, orderId: brokerOrderId, side: 'sell', type });
  const executions = filled === '0' ? [] : [execution(filled, filled, { brokerOrderId })];
  const told = { brokerOrderId, terms, filledQuantity: filled, executions };
  return live(
    { type: 'ObserveOrder', ticket: observed, brokerOrderId, parentOrderId: 'B1', role: 'stop_loss', at: AT },
    // It has worked before it was cancelled.
    ...(status === 'pending' ? [] : [reported({ ...told, status: 'open' })]),
    reported({ ...told, status }),
  );
}

const held = (opened: string, inAll = opened) => ({ opened: quantity(opened), inAll: quantity(inAll) });
const figures = ({ open, stopped, bare, isRight }: Protection) => ({
  open: toText(open),
  stopped: toText(stopped),
  bare: toText(bare),
  isRight,
});

describe('an order', () => {
  it('is protected by exits when it has both', () => {
    expect(hasBracket(live(place({ takeProfit: '200', stopLoss: '180' })))).toBe(true);
    expect(hasBracket(live(place({ takeProfit: '200' })))).toBe(false);
    expect(hasBracket(live(place()))).toBe(false);
  });
});

describe('what protects a bracket order', () => {
  it.each([
    ['nothing, and nothing is held', bracket('0'), [], held('0'), ['0', '0', '0', true]],
    ['a stop loss that works', bracket('10'), [exit('stop', 'open')], held('10'), ['10', '10', '0', true]],
    ['one with a limit, too', bracket('10'), [exit('stop_limit', 'open')], held('10'), ['10', '10', '0', true]],
    ['not one that waits', bracket('4'), [exit('stop', 'pending')], held('4'), ['4', '0', '4', false]],
    ['not one that was cancelled', bracket('10'), [exit('stop', 'cancelled')], held('10'), ['10', '0', '10', false]],
    ['not a take profit', bracket('10'), [exit('limit', 'open')], held('10'), ['10', '0', '10', false]],
    ['not one that is not there', bracket('10'), [], held('10'), ['10', '0', '10', false]],
    [
      'a part of it, when the stop loss is smaller',
      bracket('10'),
      [exit('stop', 'open', { ordered: '6' })],
      held('10'),
      ['10', '6', '4', false],
    ],
    [
      'what is left, after an exit was executed in part',
      bracket('10'),
      [exit('limit', 'open', { filled: '3' }), exit('stop', 'open', { ordered: '7' })],
      held('7'),
      ['7', '7', '0', true],
    ],
    [
      'too much, when the stop loss would turn the position over',
      bracket('4'),
      [exit('stop', 'open')],
      held('4'),
      ['4', '10', '0', false],
    ],
    [
      'nothing more that is needed, once other orders have closed it',
      bracket('10'),
      [exit('stop', 'cancelled')],
      held('0'),
      ['0', '0', '0', true],
    ],
    [
      'too much, when other orders have closed it and the stop loss still works',
      bracket('10'),
      [exit('stop', 'open')],
      held('0'),
      ['0', '10', '0', false],
    ],
    [
      'as much as it may, when other orders sold its lots and more of the symbol is held',
      bracket('10'),
      [exit('stop', 'open')],
      held('0', '10'),
      ['0', '10', '0', true],
    ],
  ] as const)('is %s', (_what, order, exits, has, [open, stopped, bare, isRight]) => {
    expect(figures(protectionOf(order, exits, has))).toEqual({ open, stopped, bare, isRight });
  });
});

describe('the protection of an order', () => {
  const bare: OrderCommand = {
    type: 'RecordProtection',
    protection: protectionOf(bracket('4'), [], held('4')),
    since: AT,
    at: later(20),
  };
  const less: OrderCommand = {
    type: 'RecordProtection',
    protection: protectionOf(bracket('10'), [exit('stop', 'open', { ordered: '6' })], held('10')),
    since: later(40),
    at: later(60),
  };
  const right = protectionOf(bracket('10'), [exit('stop', 'open')], held('10'));

  it('is recorded as missing once, and again when it is another quantity, since it was first seen', () => {
    const recorded = (...commands: readonly OrderCommand[]) =>
      after(place(), ...commands).events.flatMap((event) => (event.type === 'ProtectionMissing' ? [event.data] : []));
    const first = { since: AT, openQuantity: '4', protectedQuantity: '0', bareQuantity: '4' };
    expect(recorded(bare, bare)).toEqual([first]);
    const second = { since: AT, openQuantity: '10', protectedQuantity: '6', bareQuantity: '4' };
    expect(recorded(bare, less, less)).toEqual([first, second]);
  });

  it('is recorded as restored when it was missing, once', () => {
    const at = later(90);
    const restored: OrderCommand = { type: 'RecordProtection', protection: right, since: at, at };
    expect(after(place(), restored).events).toHaveLength(1);
    expect(after(place(), bare, restored, restored).events.slice(2)).toEqual([
      { type: 'ProtectionRestored', data: { openQuantity: '10', protectedQuantity: '10', restoredAt: at } },
    ]);
    expect(decideProtection(live(place(), bare, restored), right, { since: at, at })).toEqual([]);
  });
});

describe('exits that have executed more than their order', () => {
  const both = [exit('limit', 'open', { filled: '10' }), exit('stop', 'open', { filled: '4' })];
  it('are found when the order can execute no more', () => {
    expect(toText(exitsExcess(bracket('10'), both))).toBe('4');
    expect(toText(exitsExcess(bracket('10'), both.slice(0, 1)))).toBe('0');
    expect(toText(exitsExcess(bracket('4'), both))).toBe('0');
    const cancelled = reported({ status: 'cancelled', filledQuantity: '4' });
    expect(toText(exitsExcess(bracket('4', cancelled), both))).toBe('10');
  });
});
