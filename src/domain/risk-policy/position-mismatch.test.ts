import { describe, expect, it } from 'vitest';
import { toText } from '../kernel/decimal.ts';
import { averagePrice, netQuantity } from '../kernel/lots.ts';
import { heldBackBy } from './position-mismatch.ts';
import { riskPolicy } from './risk-policy.ts';
import type { RiskCommand } from './risk-policy.ts';
import { after, assess, breaches, DAY, fill, market, NOW } from './samples.suite.ts';
import { holdingOf } from './state.ts';

const LATER = '2026-03-02T15:10:00.000Z';
const opening: RiskCommand = {
  type: 'RecordOpeningPositions',
  positions: [{ symbol: 'AAPL', quantity: '10', averagePrice: '90' }],
  at: '2026-03-02T14:00:00.000Z',
};
const report = (ours: string, brokers: string, at = NOW): RiskCommand => ({
  type: 'ReportPositionMismatch',
  symbol: 'AAPL',
  ours,
  brokers,
  at,
});
const resolve = (quantity: string): RiskCommand => ({
  type: 'ResolvePositionMismatch',
  symbol: 'AAPL',
  quantity,
  at: LATER,
});
const adopt = (quantity: string, averagePrice = '100', at = LATER): RiskCommand => ({
  type: 'AdoptBrokerPosition',
  symbol: 'AAPL',
  quantity,
  averagePrice,
  by: 'user-1',
  at,
});
const types = (...commands: readonly RiskCommand[]) => after(...commands).events.map((event) => event.type);
const held = (...commands: readonly RiskCommand[]) => {
  const holding = holdingOf(after(...commands).state, 'AAPL');
  return [toText(netQuantity(holding)), holding.length === 0 ? null : toText(averagePrice(holding)!)];
};

describe('a position that is not the broker’s', () => {
  it('is recorded once, and anew when it is another difference', () => {
    const { events, state } = after(opening, report('10', '15'), report('10', '15'), report('10', '12', LATER));
    expect(events.slice(1)).toEqual([
      { type: 'PositionMismatchFound', data: { symbol: 'AAPL', ours: '10', brokers: '15', foundAt: NOW } },
      { type: 'PositionMismatchFound', data: { symbol: 'AAPL', ours: '10', brokers: '12', foundAt: LATER } },
    ]);
    expect(state.mismatches.get('AAPL')?.since).toBe(NOW);
  });
  it('is none when something was booked since it was compared, or both hold the same', () => {
    expect(types(opening, report('9', '15'), report('10', '10.0'))).toEqual(['OpeningPositionsRecorded']);
  });
  it('may be one of which we hold nothing, or the broker', () => {
    expect(types(report('0', '-3'))).toEqual(['PositionMismatchFound']);
    expect(types(opening, report('10', '0'))).toEqual(['OpeningPositionsRecorded', 'PositionMismatchFound']);
  });
  it('stops every order in its symbol, and in no other', () => {
    const sell = market({ side: 'sell', quantity: '1' });
    expect(breaches(assess(sell), opening, report('10', '15'))).toEqual([
      { rule: 'position_mismatch', limit: '10', actual: '15', unit: 'shares', detail: null },
    ]);
    expect(breaches(assess(market({ symbol: 'IBM' })), opening, report('10', '15'))).toEqual([]);
    const { state } = after(opening, report('10', '15'));
    expect([heldBackBy(state, 'AAPL'), heldBackBy(state, 'IBM')]).toEqual([
      'The position in AAPL is not what the broker has.',
      null,
    ]);
  });
  it('stops a change of an order as well', () => {
    const { inputs, basis } = assess(market()) as Extract<RiskCommand, { type: 'AssessOrder' }>;
    const terms = { quantity: '11', limitPrice: null, stopPrice: null, timeInForce: 'day' } as const;
    const change: RiskCommand = {
      type: 'AssessReplacement',
      orderId: market().orderId,
      revision: 1,
      terms,
      inputs,
      basis,
      at: NOW,
    };
    expect(types(opening, assess(market()), report('10', '15'), change).at(-1)).toBe('ReplacementDenied');
  });
  it('is resolved once, when both hold the same again', () => {
    const bought = fill('x', 'buy', '5', '100');
    const found = [opening, report('10', '15')] as const;
    expect(types(...found, resolve('15'))).toHaveLength(2);
    const { events, state } = after(...found, bought, resolve('15'), resolve('15'));
    expect(events.slice(3)).toEqual([
      { type: 'PositionMismatchResolved', data: { symbol: 'AAPL', quantity: '15', resolvedAt: LATER } },
    ]);
    expect(state.mismatches.size).toBe(0);
    expect(types(opening, resolve('10'))).toHaveLength(1);
  });
});

describe('adopting the broker’s position', () => {
  const found = [opening, report('10', '15')] as const;
  it('puts it in the place of ours, once, and sets the symbol free', () => {
    const { events, state } = after(...found, adopt('15', '101.5'), adopt('15', '101.5'));
    expect(events.slice(2)).toEqual([
      {
        type: 'BrokerPositionAdopted',
        data: {
          symbol: 'AAPL',
          quantity: '15',
          averagePrice: '101.5',
          previous: '10',
          adoptedBy: 'user-1',
          adoptedAt: LATER,
        },
      },
    ]);
    expect(held(...found, adopt('15', '101.5'))).toEqual(['15', '101.5']);
    expect(heldBackBy(state, 'AAPL')).toBeNull();
    expect(breaches(assess(market({ side: 'sell' })), ...found, adopt('15'))).toEqual([]);
  });
  it('takes what the broker holds at that moment, nothing too', () => {
    expect(held(...found, adopt('0', '0'))).toEqual(['0', null]);
    expect(held(...found, adopt('-4', '99'))).toEqual(['-4', '99']);
    expect(held(...found, adopt('10', '90'))).toEqual(['10', '90']);
  });
  it('realizes nothing', () => {
    expect(after(...found, adopt('0', '0')).state.realized.amount).toBe(0n);
  });
  it('is refused where nothing was found', () => {
    const decide = (...before: readonly RiskCommand[]) => riskPolicy.decide(adopt('10'), after(...before).state);
    const refusal = { kind: 'refused', refusal: { code: 'no_mismatch' } };
    expect([decide(opening), decide(), decide(...found, adopt('15'))]).toEqual([refusal, refusal, refusal]);
  });
  it('contains what orders from elsewhere had executed by then, and not what they execute later', () => {
    const adopted = [...found, adopt('15')] as const;
    const foreign = (executedAt: string): RiskCommand => {
      const booking = fill('foreign', 'buy', '5', '100', DAY) as Extract<RiskCommand, { type: 'BookFill' }>;
      return { ...booking, execution: { ...booking.execution, executedAt } };
    };
    expect(held(...adopted, foreign('2026-03-02T15:05:00.000Z'))[0]).toBe('15');
    expect(held(...adopted, foreign('2026-03-02T15:10:00.001Z'))[0]).toBe('20');
    // An order of ours has its trade and its reservation to account for: it is booked, and found to differ again.
    const own = { ...foreign('2026-03-02T15:05:00.000Z'), orderId: market().orderId } as RiskCommand;
    expect(held(opening, assess(market({ quantity: '5' })), report('10', '15'), adopt('15'), own)[0]).toBe('20');
  });
});
