import { describe, expect, it } from 'vitest';
import type { OrderTicket } from '../../order/events.ts';
import { ticket } from '../../order/samples.suite.ts';
import { NO_RECENT_ORDERS, recentOrders, remember } from '../recent.ts';
import type { RecentOrder } from '../recent.ts';
import { riskPolicy } from '../risk-policy.ts';
import type { RiskCommand } from '../risk-policy.ts';
import { after, assess, breaches, change, fill, LIMITS, market, NOW, release } from '../samples.suite.ts';

const at = (milliseconds: number): string => new Date(Date.parse(NOW) + milliseconds).toISOString();
const FREE = { tradesIncluded: null };
let serial = 0;
const one = (milliseconds: number, changes: Partial<OrderTicket> = {}, seen: object = {}): RiskCommand =>
  assess(market({ orderId: `r${(serial += 1)}`, quantity: '1', ...changes }), { ...FREE, ...seen }, at(milliseconds));
const rules = (command: RiskCommand, ...before: readonly RiskCommand[]) =>
  breaches(command, ...before).map(({ rule }) => rule);
describe('a duplicate order', () => {
  const unconfirmed = { confirmed: false };
  it.each([
    [0, '0.0'],
    [9_999, '10.0'],
    [10_000, '10.0'],
    [-3, '0.0'],
    [10_001, null],
    [-10_001, null],
  ])('%i ms after the last', (milliseconds, actual) => {
    const found = breaches(one(milliseconds, {}, unconfirmed), one(0));
    expect(found).toEqual(
      actual === null ? [] : [{ rule: 'duplicate_order', limit: '10', actual, unit: 'seconds', detail: null }],
    );
  });

  it.each<[string, Partial<OrderTicket>]>([
    ['symbol', { symbol: 'MSFT' }],
    ['side', { side: 'sell' }],
    ['quantity', { quantity: '1.000000001' }],
    ['type', { type: 'limit', limitPrice: '100' }],
  ])('is none with another %s', (_what, changes) => {
    expect(rules(one(1_000, changes, unconfirmed), one(0))).toEqual([]);
  });

  it('is none with other prices', () => {
    const limit = (limitPrice: string) => one(500, { type: 'limit', limitPrice }, unconfirmed);
    expect(rules(limit('100.50'), limit('100.5'))).toEqual(['duplicate_order']);
    expect(rules(limit('100.51'), limit('100.5'))).toEqual([]);
    const stop = (stopPrice: string) => one(500, { type: 'stop', stopPrice }, unconfirmed);
    expect(rules(stop('101'), stop('101'))).toEqual(['duplicate_order']);
    expect(rules(stop('102'), stop('101'))).toEqual([]);
    const trail = (trailPrice: string) => one(500, { type: 'trailing_stop', trailPrice }, unconfirmed);
    expect(rules(trail('1.50'), trail('1.5'))).toEqual(['duplicate_order']);
    expect(rules(trail('2'), trail('1.5'))).toEqual([]);
  });

  it('is meant when it is confirmed, and of one that was denied there is no duplicate', () => {
    expect(rules(one(10, { quantity: '1.0' }, { confirmed: true }), one(0))).toEqual([]);
    expect(rules(one(10, {}, unconfirmed), one(0, {}, { missing: ['terms'] }))).toEqual([]);
    expect(rules(one(10, {}, { ...unconfirmed, limits: { ...LIMITS, duplicateWithinSeconds: null } }), one(0))).toEqual(
      [],
    );
  });

  it('is asked about also when it closes: the second one would be refused by the broker, or worse', () => {
    const held = [one(-60_000, { orderId: 'h', quantity: '9' }), fill('h', 'buy', '9', '100'), release('h')];
    const out = (ms: number) => one(ms, { side: 'sell', quantity: '3' }, unconfirmed);
    expect(rules(out(1), ...held, out(0))).toEqual(['duplicate_order']);
  });
});

describe('the order rate', () => {
  const before = (count: number, milliseconds = 0) =>
    Array.from({ length: count }, (_, n) =>
      one(milliseconds, { quantity: `${n + 1}`, symbol: n % 2 === 0 ? 'A' : 'B' }),
    );
  const wide = { limits: { ...LIMITS, largestExposure: null } };

  it.each([
    [8, 0, []],
    [9, 0, []],
    [10, 0, [{ rule: 'order_rate', limit: '10', actual: '11', unit: 'orders', detail: null }]],
    [10, 9_999, [{ rule: 'order_rate', limit: '10', actual: '11', unit: 'orders', detail: null }]],
    [10, 10_000, []],
  ])('after %i orders, %i ms later', (count, milliseconds, expected) => {
    expect(breaches(one(milliseconds, { symbol: 'C' }, wide), ...before(count))).toEqual(expected);
  });

  it('counts nothing that was denied, so that a storm of it keeps nobody out', () => {
    const storm = Array.from({ length: 500 }, (_, n) => one(n, { quantity: '20000' }, wide));
    expect(rules(one(501, {}, wide), ...storm)).toEqual([]);
    const full = [...before(10), ...Array.from({ length: 50 }, (_, n) => one(n + 1, { symbol: 'C' }, wide))];
    expect(rules(one(100, { symbol: 'C' }, wide), ...full)).toEqual(['order_rate']);
    expect(rules(one(10_000, { symbol: 'C' }, wide), ...full)).toEqual([]);
  });

  it('counts changes as well, and judges them', () => {
    const placed = one(0, { orderId: 'c', type: 'limit', limitPrice: '100' });
    const nine = [placed, ...Array.from({ length: 9 }, (_, n) => change('c', `${n + 2}`, FREE, at(n + 1)))];
    expect(rules(one(100, { symbol: 'C' }, wide), ...nine)).toEqual(['order_rate']);
    expect(after(...nine, change('c', '50', FREE, at(20))).events.at(-1)).toMatchObject({
      type: 'ReplacementDenied',
      data: { breaches: [{ rule: 'order_rate', actual: '11' }] },
    });
  });

  it('lets people out, up to what the broker takes', () => {
    const held = [one(-100_000, { orderId: 'h', quantity: '40' }), fill('h', 'buy', '40', '100'), release('h')];
    const out = (n: number) => one(n, { side: 'sell', quantity: '1' });
    const sales = Array.from({ length: 30 }, (_, n) => out(n));
    expect(after(...held, ...sales).events.filter(({ type }) => type === 'OrderDenied')).toEqual([]);
    const key = { limits: { ...LIMITS, mostOrdersInAMinute: 30 } };
    expect(breaches(one(40, { side: 'sell' }, key), ...held, ...sales)).toMatchObject([
      { rule: 'key_rate', limit: '30', actual: '31', unit: 'orders' },
    ]);
  });
});

describe('the rate of the broker’s key', () => {
  const limits = { ...LIMITS, mostOrdersInAMinute: 5 };
  const five = Array.from({ length: 5 }, (_, n) => one(0, { symbol: `S${n}` }));
  it.each([
    [4, 59_999, []],
    [5, 59_999, ['key_rate']],
    [5, 60_000, []],
  ])('after %i orders, %i ms later', (count, milliseconds, expected) => {
    expect(rules(one(milliseconds, { symbol: 'C' }, { limits }), ...five.slice(0, count))).toEqual(expected);
  });

  it('is no matter where there is no limit', () => {
    const none = { ...limits, mostOrdersInAMinute: null, mostOrdersInTenSeconds: null };
    expect(rules(one(1, { symbol: 'C' }, { limits: none }), ...five)).toEqual([]);
  });
});

describe('repeated execution', () => {
  const LOOSE = { limits: { ...LIMITS, mostOrdersInTenSeconds: null, largestExposure: null } };
  const buys = (count: number, from = 0) => Array.from({ length: count }, (_, n) => one(from + n * 100, {}, LOOSE));

  it.each([
    [8, []],
    [9, []],
    [10, [{ rule: 'repeated_execution', limit: '10', actual: '11', unit: 'orders', detail: null }]],
  ])('after %i like it', (count, expected) => {
    expect(breaches(one(30_000, {}, LOOSE), ...buys(count))).toEqual(expected);
  });

  it('looks back a minute, at one symbol and one side', () => {
    expect(rules(one(60_000, {}, LOOSE), ...buys(10))).toEqual([]);
    expect(rules(one(2_000, { symbol: 'MSFT' }, LOOSE), ...buys(10))).toEqual([]);
    expect(rules(one(2_000, { side: 'sell' }, LOOSE), ...buys(10))).toEqual([]);
  });

  it('trips in the same append as the denial, once', () => {
    const { events, state } = after(...buys(12));
    expect(events.map(({ type }) => type).slice(9)).toEqual([
      'OrderAdmitted',
      'OrderDenied',
      'RepeatedExecutionTripped',
      'OrderDenied',
    ]);
    expect(events[11]).toMatchObject({ data: { symbol: 'AAPL', side: 'buy', orders: 11, withinSeconds: 60 } });
    expect(state.tripped).toMatchObject({ symbol: 'AAPL' });
    expect(events.at(-1)).toMatchObject({ data: { breaches: [{ rule: 'repeated_execution', detail: 'tripped' }] } });
  });

  it('then lets positions be made smaller and nothing else, however long, until a person clears it', () => {
    const tripped = [...buys(11), fill('x', 'buy', '5', '100')];
    const LATER = 3_600_000;
    expect(rules(one(LATER, { symbol: 'MSFT' }), ...tripped)).toEqual(['repeated_execution']);
    expect(rules(one(LATER, { side: 'sell', quantity: '5' }), ...tripped)).toEqual([]);
    const clear: RiskCommand = { type: 'ClearRepeatedExecution', by: 'ada', at: at(LATER) };
    expect(after(...tripped, clear, clear).events.filter(({ type }) => type === 'RepeatedExecutionCleared')).toEqual([
      { type: 'RepeatedExecutionCleared', data: { clearedBy: 'ada', clearedAt: at(LATER) } },
    ]);
    expect(rules(one(LATER, {}), ...tripped, clear)).toEqual([]);
  });

  it('trips again when it goes on at once after it was cleared', () => {
    const clear: RiskCommand = { type: 'ClearRepeatedExecution', by: 'ada', at: at(1_200) };
    const { state, events } = after(...buys(11), clear, one(1_300, {}, LOOSE));
    expect(state.tripped).not.toBeNull();
    expect(events.filter(({ type }) => type === 'RepeatedExecutionTripped')).toHaveLength(2);
  });

  it('stops a change that opens more, too', () => {
    const placed = one(-100_000, { orderId: 'c', type: 'limit', limitPrice: '100' });
    expect(after(placed, ...buys(11), change('c', '2', FREE, at(50_000))).events.at(-1)).toMatchObject({
      type: 'ReplacementDenied',
      data: { breaches: [{ rule: 'repeated_execution', detail: 'tripped' }] },
    });
  });
});

describe('what is remembered of recent orders', () => {
  it('does not grow with the orders that there ever were', () => {
    let state = after().state;
    for (let n = 0; n < 2_000; n += 1) {
      const command = one(n * 1_000, { symbol: `S${n % 50}` });
      const decision = riskPolicy.decide(command, state);
      if (decision.kind === 'refused') throw new Error(decision.refusal.code);
      state = decision.events.reduce(riskPolicy.evolve, state);
      state = riskPolicy.evolve(state, {
        type: 'ReservationReleased',
        data: { orderId: `r${serial}`, outcome: 'cancelled' },
      });
    }
    let kept = 0;
    for (const generation of [state.recent.newer, state.recent.older]) {
      for (let entry = generation; entry !== null; entry = entry.older) kept += 1;
    }
    expect(kept).toBeGreaterThanOrEqual(60);
    expect(kept).toBeLessThanOrEqual(125);
  });

  it('is whole, also when two processes whose clocks are minutes apart take turns', () => {
    const turns = Array.from({ length: 20 }, (_, n) => one((n % 2) * 120_000 + n, { symbol: `S${n}` }));
    expect(after(...turns).events.filter(({ type }) => type === 'OrderDenied')).toEqual([]);
    expect(rules(one(30, { symbol: 'C' }), ...turns)).toEqual(['order_rate']);
    expect(rules(one(120_030, { symbol: 'C' }), ...turns)).toEqual(['order_rate']);
  });

  it('has a bound, also while a clock stands far behind', () => {
    const order: RecentOrder = { kind: 'order', at: 0, ticket: ticket() };
    let recent = remember(NO_RECENT_ORDERS, { ...order, at: 86_400_000 });
    for (let n = 0; n < 45_000; n += 1) recent = remember(recent, { ...order, at: n });
    expect([...recentOrders(recent, 0, Infinity)].length).toBeLessThanOrEqual(20_000);
  });

  it('survives a clock that was set back, and one that was far ahead keeps nobody out', () => {
    const ten = Array.from({ length: 10 }, (_, n) => one(0, { symbol: `S${n}` }));
    expect(rules(one(-300_000, { symbol: 'C' }), ...ten)).toEqual([]);
    const ahead = Array.from({ length: 10 }, (_, n) => one(86_400_000, { symbol: `S${n}` }));
    expect(rules(one(0, { symbol: 'C' }), ...ahead)).toEqual([]);
    expect(rules(one(20, { symbol: 'C' }), ...ahead, ...ten)).toEqual(['order_rate']);
  });
});
