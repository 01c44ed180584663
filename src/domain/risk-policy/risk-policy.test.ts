import { describe, expect, it } from 'vitest';
import { toText } from '../kernel/decimal.ts';
import { ticket } from '../order/samples.suite.ts';
import { riskPolicy } from './risk-policy.ts';
import { after, assess, breaches, fill, inputs, market, NOW, release, roundTrip } from './samples.suite.ts';
import { reservedQuantity, tradesUsed } from './state.ts';

describe('an order', () => {
  it('within all limits is admitted, with what was seen', () => {
    const { events, state } = after(assess(market()));
    expect(events).toEqual([
      { type: 'OrderAdmitted', data: { ticket: market(), channel: 'broker-api', inputs: inputs(), admittedAt: NOW } },
    ]);
    expect(toText(reservedQuantity(state, 'AAPL', 'buy'))).toBe('10');
  });

  it('gets its first answer again, whatever has changed since', () => {
    expect(after(assess(market()), assess(market(), { quote: null })).events).toHaveLength(1);
    const denied = assess(market({ quantity: '20000' }));
    expect(after(denied, denied).events).toHaveLength(1);
  });

  it('under a used id is refused', () => {
    const { state } = after(assess(market()));
    expect(riskPolicy.decide(assess(market({ quantity: '11' })), state)).toEqual({
      kind: 'refused',
      refusal: { code: 'request_id_reused' },
    });
  });

  it('is told every reason against it at once', () => {
    const hopeless = assess(ticket({ quantity: '20000', limitPrice: '150' }), {
      missing: ['terms', 'broker_link'],
      tradesIncluded: 0,
    });
    expect(breaches(hopeless).map((breach) => breach.rule)).toEqual([
      'terms',
      'broker_link',
      'trades_left',
      'largest_order_value',
      'largest_order_quantity',
      'largest_position',
      'largest_exposure',
      'buying_power',
      'price_collar',
    ]);
  });
});

describe('largest order value', () => {
  it.each([
    ['500', '100', []],
    ['501', '100', [{ rule: 'largest_order_value', limit: '50000', actual: '50100', unit: 'USD', detail: null }]],
  ])('%s shares at %s', (quantity, limitPrice, expected) => {
    expect(breaches(assess(ticket({ quantity, limitPrice })))).toEqual(expected);
  });
  it('reckons a market order at the side it trades at', () => {
    expect(breaches(assess(market({ quantity: '499.9' })))).toEqual([]);
    expect(breaches(assess(market({ quantity: '500' })))).toMatchObject([{ actual: '50010' }]);
    expect(breaches(assess(market({ quantity: '500', side: 'sell' })))).toEqual([]);
    const below = assess(ticket({ side: 'sell', quantity: '501', limitPrice: '95' }));
    expect(breaches(below)).toMatchObject([{ rule: 'largest_order_value', actual: '50089.98' }]);
  });
});

describe('largest position', () => {
  const half = (orderId: string) => assess(market({ orderId, quantity: '450' }));
  it('counts what is held and what is on its way', () => {
    expect(breaches(half('c'), half('a'), fill('a', 'buy', '450', '100'), release('a'), half('b'))).toMatchObject([
      { rule: 'largest_position', limit: '100000', actual: '135027', unit: 'USD', detail: null },
    ]);
  });
  it('frees what a cancelled order had reserved', () => {
    expect(breaches(half('c'), half('a'), half('b'), release('b'))).toEqual([]);
  });
  it('does not stand in the way of selling', () => {
    const held = [half('a'), fill('a', 'buy', '450', '300'), release('a')];
    expect(breaches(assess(market({ orderId: 'x', side: 'sell', quantity: '450' })), ...held)).toEqual([]);
  });
});

describe('trades of the plan', () => {
  it('are used by executed orders and reserved by those on their way', () => {
    const orders = ['a', 'b', 'c', 'd'].map((orderId) => assess(market({ orderId, quantity: '1' })));
    expect(tradesUsed(after(...orders).state)).toBe(4);
    expect(breaches(assess(market({ orderId: 'e' })), ...orders)).toEqual([
      { rule: 'trades_left', limit: '4', actual: '5', unit: 'trades', detail: null },
    ]);
  });
  it('come back when an order ends without an execution', () => {
    const orders = ['a', 'b', 'c', 'd'].map((orderId) => assess(market({ orderId, quantity: '1' })));
    expect(breaches(assess(market({ orderId: 'e' })), ...orders, release('b'))).toEqual([]);
  });
  it('are counted once for an order filled in parts, and never stop a position from being closed', () => {
    const used = [...roundTrip(1, '100', '100'), ...roundTrip(2, '100', '100')];
    expect(tradesUsed(after(...used).state)).toBe(4);
    const held = [assess(market({ orderId: 'z', quantity: '5' })), fill('z', 'buy', '5', '100'), release('z')];
    const closing = assess(market({ orderId: 'y', side: 'sell', quantity: '5' }), { tradesIncluded: 1 });
    expect(breaches(closing, ...held)).toEqual([]);
    const tooMuch = assess(market({ orderId: 'y', side: 'sell', quantity: '6' }), { tradesIncluded: 1 });
    expect(breaches(tooMuch, ...held)).toMatchObject([{ rule: 'trades_left' }, { rule: 'position_flip' }]);
  });
  it('two sells that together exceed the position do not both count as closing', () => {
    const held = [assess(market({ orderId: 'z', quantity: '5' })), fill('z', 'buy', '5', '100'), release('z')];
    const sell = (orderId: string) => assess(market({ orderId, side: 'sell', quantity: '3' }), { tradesIncluded: 1 });
    expect(breaches(sell('x'), ...held)).toEqual([]);
    expect(breaches(sell('y'), ...held, sell('x'))).toMatchObject([{ rule: 'trades_left' }, { rule: 'position_flip' }]);
  });
});

describe('daily loss', () => {
  const lost = roundTrip(1, '100', '75', '100');
  const next = assess(market({ orderId: 'next' }), { tradesIncluded: null });
  it('stops new positions once it is reached', () => {
    expect(breaches(next, ...roundTrip(1, '100', '75.01', '100'))).toEqual([]);
    expect(breaches(next, ...lost)).toEqual([
      { rule: 'daily_loss', limit: '2500', actual: '2500', unit: 'USD', detail: null },
    ]);
  });
  it('is not forgiven by an execution of an earlier day that is learnt late', () => {
    const late = fill('late', 'buy', '1', '75', '2026-03-01');
    expect(breaches(next, ...lost, late)).toMatchObject([{ rule: 'daily_loss', actual: '2500' }]);
  });
  it('starts anew on the next trading day', () => {
    expect(
      breaches(assess(market({ orderId: 'next' }), { tradesIncluded: null, tradingDay: '2026-03-03' }), ...lost),
    ).toEqual([]);
  });
});

describe('price collar', () => {
  const limit = (side: 'buy' | 'sell', limitPrice: string) =>
    breaches(assess(ticket({ side, limitPrice, quantity: '1' })));
  it('is narrow on the side that trades at once, and wide on the side that waits', () => {
    expect(limit('buy', '110.02')).toEqual([]);
    expect(limit('buy', '110.03')).toEqual([
      { rule: 'price_collar', limit: '10', actual: '10.01', unit: 'percent', detail: null },
    ]);
    expect(limit('buy', '50.01')).toEqual([]);
    expect(limit('buy', '50')).toMatchObject([{ rule: 'price_collar', limit: '50' }]);
    expect(limit('sell', '89.98')).toMatchObject([{ rule: 'price_collar', limit: '10' }]);
    expect(limit('sell', '149.97')).toEqual([]);
  });
  it('holds for stops', () => {
    const stop = (stopPrice: string) =>
      breaches(assess(ticket({ type: 'stop', limitPrice: null, stopPrice, quantity: '1' })));
    expect(stop('130.02')).toEqual([]);
    expect(stop('130.03')).toMatchObject([{ rule: 'price_collar', limit: '30' }]);
  });
});

describe('fresh quote', () => {
  const quoted = (at: string, marketOpen = true) =>
    breaches(assess(market(), { quote: { bid: '99', ask: '100', at }, marketOpen }));
  it('is at most five seconds old while the market is open', () => {
    expect(quoted('2026-03-02T14:59:55.000Z')).toEqual([]);
    expect(quoted('2026-03-02T14:59:54.900Z')).toEqual([
      { rule: 'fresh_quote', limit: '5', actual: '5.1', unit: 'seconds', detail: null },
    ]);
    expect(quoted('2026-03-01T20:59:00.000Z', false)).toEqual([]);
  });
  it('must be there at all', () => {
    expect(breaches(assess(market(), { quote: null }))).toMatchObject([{ rule: 'fresh_quote', actual: null }]);
  });
});
