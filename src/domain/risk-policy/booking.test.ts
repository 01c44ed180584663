import { describe, expect, it } from 'vitest';
import { toText } from '../kernel/decimal.ts';
import { netQuantity } from '../kernel/lots.ts';
import { execution, ticket } from '../order/samples.suite.ts';
import type { ReadInputs, RiskCommand } from './risk-policy.ts';
import { after, assess, BASIS, fill, market, NOW, readInputs, release } from './samples.suite.ts';
import { holdingOf, reservedQuantity } from './state.ts';

describe('booking', () => {
  it('moves the position once for an execution', () => {
    const bought = fill('a', 'buy', '10', '100');
    const { state, events } = after(assess(market({ orderId: 'a' })), bought, bought);
    expect(events.filter((event) => event.type === 'FillBooked')).toHaveLength(1);
    expect(toText(netQuantity(holdingOf(state, 'AAPL')))).toBe('10');
    expect(toText(reservedQuantity(state, 'AAPL', 'buy'))).toBe('0');
  });
  it('starts from what the broker account held', () => {
    const opening: RiskCommand = {
      type: 'RecordOpeningPositions',
      positions: [{ symbol: 'AAPL', quantity: '5', averagePrice: '90' }],
      at: NOW,
    };
    const { state, events } = after(opening, opening, fill('x', 'sell', '5', '100'));
    expect(events.map((event) => event.type)).toEqual(['OpeningPositionsRecorded', 'FillBooked']);
    expect(events[1]).toMatchObject({ data: { realized: '50' } });
    expect(holdingOf(state, 'AAPL')).toEqual([]);
  });
  it('leaves out what the opening positions contain already', () => {
    const opening: RiskCommand = { type: 'RecordOpeningPositions', positions: [], at: execution('1', '1').executedAt };
    const { events } = after(
      assess(market({ orderId: 'own' })),
      opening,
      fill('foreign', 'buy', '5', '100'),
      fill('own', 'buy', '5', '100'),
    );
    expect(events.filter((event) => event.type === 'FillBooked')).toMatchObject([{ data: { orderId: 'own' } }]);
  });
  it('releases once', () => {
    expect(after(assess(market({ orderId: 'a' })), release('a'), release('a')).events).toHaveLength(2);
  });
});

describe('a change', () => {
  const change = (quantity: string, revision = 1, seen: Partial<ReadInputs> = {}): RiskCommand => ({
    type: 'AssessReplacement',
    orderId: ticket().orderId,
    revision,
    terms: { quantity, limitPrice: '100', stopPrice: null, timeInForce: 'day' },
    inputs: readInputs({ tradesIncluded: 1, ...seen }),
    basis: BASIS,
    at: NOW,
  });
  const placed = assess(ticket({ limitPrice: '100' }));
  it('is judged in place of the order, and uses no further trade', () => {
    const { events, state } = after(placed, change('20'));
    expect(events.map((event) => event.type)).toEqual(['OrderAdmitted', 'ReplacementAdmitted']);
    expect(toText(reservedQuantity(state, 'AAPL', 'buy'))).toBe('20');
  });
  it('keeps the larger of the two reserved', () => {
    expect(toText(reservedQuantity(after(placed, change('5')).state, 'AAPL', 'buy'))).toBe('10');
  });
  it('is judged anew each time it is asked for', () => {
    const fallen = { quote: { bid: '59.98', ask: '60.02', at: NOW } };
    expect(after(placed, change('20'), change('20', 2, fallen)).events.at(-1)).toMatchObject({
      type: 'ReplacementDenied',
      data: { breaches: [{ rule: 'price_collar' }] },
    });
  });
  it('leaves reserved what the order may execute in the end, less what it has', () => {
    const adjust = (wanted: string, releasesSeen: number | null = 0, changesSeen = 1): RiskCommand => ({
      type: 'AdjustReservation',
      orderId: ticket().orderId,
      wanted,
      releasesSeen,
      changesSeen,
    });
    const reserved = (...commands: RiskCommand[]) =>
      toText(reservedQuantity(after(placed, change('20'), ...commands).state, 'AAPL', 'buy'));
    const partly = fill(ticket().orderId, 'buy', '4', '100');
    expect(reserved(adjust('10'))).toBe('10');
    // A change that was admitted since the order was looked at may be asked for yet.
    expect(reserved(adjust('10', 0, 0))).toBe('20');
    expect(reserved(partly, adjust('10', 0, 0))).toBe('16');
    expect(reserved(adjust('10'), partly)).toBe('6');
    expect(reserved(partly, adjust('10'))).toBe('6');
    expect(reserved(partly, adjust('3'))).toBe('0');
    const ended = release(ticket().orderId);
    expect(reserved(ended, adjust('10', 1))).toBe('10');
    expect(reserved(ended, adjust('10', null))).toBe('0');
    // Whoever looked at the order before its end must not bring the reservation back.
    expect(reserved(ended, adjust('10', 0))).toBe('0');
    expect(reserved(ended, adjust('10', 1), ended, adjust('10', 1))).toBe('0');
    expect(after(placed, adjust('10'), adjust('10')).events).toHaveLength(1);
  });
  it('is denied beyond a limit', () => {
    expect(after(placed, change('501')).events.at(-1)).toMatchObject({
      type: 'ReplacementDenied',
      data: { breaches: [{ rule: 'largest_order_value' }] },
    });
  });
});
