import { describe, expect, it } from 'vitest';
import type { OrderTicket } from '../../order/events.ts';
import type { AssessmentInputs, HaltNotice } from '../events.ts';
import type { RiskCommand } from '../risk-policy.ts';
import { assess, breaches, change, figures, fill, LIMITS, market, readInputs, release } from '../samples.suite.ts';

const order = (changes: Partial<OrderTicket> = {}, seen: Partial<AssessmentInputs> = {}): RiskCommand =>
  assess(market({ orderId: 'next', ...changes }), { tradesIncluded: null, ...seen });
const held = [assess(market({ orderId: 'h', quantity: '10' })), fill('h', 'buy', '10', '100'), release('h')];
const close = { side: 'sell', quantity: '10' } as const;
const halt = (level: HaltNotice['level'], scope = 'symbol AAPL'): HaltNotice => ({
  haltId: level,
  level,
  scope,
  reason: 'No quotes for a minute',
});

describe('a halt', () => {
  it('stops every order', () => {
    const seen = { halts: [halt('halted')] };
    const breach = { rule: 'trading_halted', detail: 'symbol AAPL: No quotes for a minute' };
    expect(breaches(order({}, seen))).toMatchObject([breach]);
    expect(breaches(order(close, seen), ...held)).toMatchObject([breach]);
  });

  it('that only reduces lets people out', () => {
    const seen = { halts: [halt('reducing')] };
    expect(breaches(order({}, seen))).toMatchObject([{ rule: 'trading_halted' }]);
    expect(breaches(order(close, seen), ...held)).toEqual([]);
    expect(breaches(order({ ...close, quantity: '11' }, seen), ...held)).toMatchObject([
      { rule: 'trading_halted' },
      { rule: 'position_flip' },
    ]);
  });

  it('is told by the strictest one', () => {
    const seen = { halts: [halt('reducing'), halt('halted', 'everything')] };
    expect(breaches(order({}, seen))).toMatchObject([{ detail: 'everything: No quotes for a minute' }]);
    expect(breaches(order(close, seen), ...held)).toMatchObject([{ detail: 'everything: No quotes for a minute' }]);
  });

  it('stops a change too', () => {
    const placed = assess(market({ orderId: 'w' }));
    expect(breaches(change('w', '2'), placed)).toEqual([]);
    expect(breaches(change('w', '2', { halts: [halt('halted')] }), placed)).toMatchObject([{ rule: 'trading_halted' }]);
  });
});

describe('an account', () => {
  it('that the broker has blocked places nothing', () => {
    const seen = { account: figures({ mayTrade: false }) };
    expect(breaches(order({}, seen))).toMatchObject([{ rule: 'account_blocked' }]);
    expect(breaches(order(close, seen), ...held)).toMatchObject([{ rule: 'account_blocked' }]);
  });
});

describe('an instrument', () => {
  const instrument = readInputs().instrument!;
  it.each<[string, AssessmentInputs['instrument'], string, string | null]>([
    ['as usual', instrument, '1', null],
    ['that is not tradable', { ...instrument, tradable: false }, '1', 'not_tradable'],
    ['that nobody knows', null, '1', 'not_tradable'],
    ['in whole shares only', { ...instrument, fractionable: false }, '1.5', 'fraction'],
    ['in whole shares', { ...instrument, fractionable: false }, '2', null],
    ['in fractions', instrument, '1.5', null],
  ])('%s', (_what, seen, quantity, detail) => {
    expect(breaches(order({ quantity }, { instrument: seen }))).toMatchObject(
      detail === null ? [] : [{ rule: 'instrument_state', detail }],
    );
  });
});

describe('protective exits', () => {
  const asked = { limits: { ...LIMITS, protectionRequired: true } };
  it.each<[Partial<OrderTicket>, number]>([
    [{}, 1],
    [{ stopLoss: '90' }, 1],
    [{ takeProfit: '110' }, 1],
    [{ stopLoss: '90', takeProfit: '110' }, 0],
  ])('must come with what opens, where they are asked for: %j', (exits, count) => {
    expect(breaches(order(exits, asked))).toHaveLength(count);
    expect(breaches(order(exits))).toEqual([]);
    expect(breaches(order(close, asked), ...held)).toEqual([]);
  });
});

describe('an order of the kill switch', () => {
  const flatten = (changes: Partial<OrderTicket>, seen: Partial<AssessmentInputs> = {}): RiskCommand => ({
    ...(order(changes, seen) as Extract<RiskCommand, { type: 'AssessOrder' }>),
    channel: 'kill-switch',
  });
  const everythingAgainstIt: Partial<AssessmentInputs> = {
    halts: [halt('halted', 'everything')],
    missing: ['disclaimer', 'terms', 'broker_link'],
    account: null,
    instrument: null,
    quote: null,
    marks: [],
    confirmed: false,
  };

  it('is judged by one rule: it makes the position at hand smaller', () => {
    expect(breaches(flatten(close, everythingAgainstIt), ...held)).toEqual([]);
    expect(breaches(flatten({ ...close, quantity: '9' }, everythingAgainstIt), ...held)).toEqual([]);
    expect(breaches(flatten({ ...close, quantity: '10.5' }), ...held)).toEqual([
      { rule: 'reduce_only', limit: '10', actual: '10.5', unit: 'shares', detail: null },
    ]);
    expect(breaches(flatten({ quantity: '1' }), ...held)).toMatchObject([{ rule: 'reduce_only', limit: '0' }]);
    expect(breaches(flatten(close))).toMatchObject([{ rule: 'reduce_only', limit: '0' }]);
  });

  it('closes what the broker holds, which may be more than is booked here', () => {
    expect(breaches(flatten({ ...close, quantity: '15' }, { positionAtBroker: '15' }), ...held)).toEqual([]);
    expect(breaches(flatten({ ...close, quantity: '16' }, { positionAtBroker: '15' }), ...held)).toHaveLength(1);
    expect(breaches(flatten({ side: 'buy', quantity: '5' }, { positionAtBroker: '-5' }), ...held)).toEqual([]);
    expect(breaches(flatten(close, { positionAtBroker: '0' }), ...held)).toHaveLength(1);
  });

  it('does not close twice what another order closes already', () => {
    const first = order({ ...close, orderId: 'first', quantity: '4' });
    expect(breaches(flatten({ ...close, quantity: '6' }), ...held, first)).toEqual([]);
    expect(breaches(flatten({ ...close, quantity: '7' }), ...held, first)).toMatchObject([
      { rule: 'reduce_only', limit: '10', actual: '11' },
    ]);
  });
});
