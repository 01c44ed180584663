import { describe, expect, it } from 'vitest';
import { toText } from '../kernel/decimal.ts';
import { execution } from '../order/samples.suite.ts';
import type { AmendedExecution } from './bookings.ts';
import { evolveRisk } from './evolve.ts';
import { standingOverfills } from './overfill.ts';
import { decide } from './risk-policy.ts';
import type { RiskCommand } from './risk-policy.ts';
import { after, assess, breaches, DAY, fill, market, NOW, release } from './samples.suite.ts';
import { holdingOf, NO_RISK, realizedOn, reservedQuantity, tradesUsed } from './state.ts';
import type { RiskState } from './state.ts';

const LATER = '2026-03-03T15:00:00.000Z';

/** What the broker has made of the execution that `fill` books. */
const amend = (
  booked: RiskCommand,
  counted: AmendedExecution['counted'],
  amendedAt = LATER,
  names: readonly string[] = ['E1', 'E2', 'E3'],
): RiskCommand => {
  if (booked.type !== 'BookFill') throw new Error(booked.type);
  return { ...booked, type: 'AmendFill', repeat: booked.repeat ?? 0, counted, amendedAt, names };
};
const corrected = (quantity: string, price: string, version = 'E2') => ({ quantity, price, version });

const figures = (state: RiskState) => ({
  lots: holdingOf(state, 'AAPL').map((lot) => `${toText(lot.quantity)}@${toText(lot.price)} ${lot.orderId}`),
  realized: toText(realizedOn(state, DAY)),
  reserved: toText(reservedQuantity(state, 'AAPL', 'buy')),
  trades: tradesUsed(state),
  day: [...state.day.bySymbol.values()].map(({ bought, received }) => `${toText(bought)} ${toText(received)}`),
});

describe('a busted execution', () => {
  const buy = assess(market({ orderId: 'a' }));
  const bought = fill('a', 'buy', '4', '100');
  const sold = fill('b', 'sell', '3', '120');

  it('is taken back once, with its trade, its reservation and its part in the day', () => {
    const { state, events } = after(buy, bought, amend(bought, null), amend(bought, null));
    expect(events.map(({ type }) => type)).toEqual(['OrderAdmitted', 'FillBooked', 'FillReversed']);
    expect(events[2]).toMatchObject({ data: { realized: '0', executed: '0', closedLots: [], reason: 'busted' } });
    expect(figures(state)).toEqual({ lots: [], realized: '0', reserved: '10', trades: 1, day: ['0 0'] });
    expect(tradesUsed(after(buy, bought, release('a'), amend(bought, null)).state)).toBe(0);
  });

  it('gives back the lots that it had closed, and takes what it had realized', () => {
    const { state, events } = after(buy, bought, sold, amend(sold, null));
    expect(events.at(-1)).toMatchObject({
      data: { realized: '-60', closedLots: [{ quantity: '3', price: '100', orderId: 'a' }], tradingDay: DAY },
    });
    expect(figures(state)).toMatchObject({ lots: ['4@100 a'], realized: '0', day: ['4 -400'] });
  });

  it('is not booked any more when it is told again, nor when it is told after its bust', () => {
    const { events } = after(buy, amend(bought, null), bought, amend(bought, null), bought);
    expect(events.map(({ type }) => type)).toEqual(['OrderAdmitted', 'FillBooked', 'FillReversed']);
  });

  it('and what is executed in its place with the same count are two', () => {
    const again: RiskCommand = { ...bought, repeat: 1 } as RiskCommand;
    const { state, events } = after(buy, bought, amend(bought, null), again, again);
    expect(events.map(({ data }) => 'executionKey' in data && data.executionKey).filter(Boolean)).toEqual([
      'B-a:4',
      'B-a:4',
      'B-a:4#2',
    ]);
    expect(figures(state)).toMatchObject({ lots: ['4@100 a'], reserved: '6', trades: 1 });
  });

  it('of an earlier day changes nothing of what the latest day has realized', () => {
    const before = fill('b', 'sell', '3', '120', '2026-02-27');
    const { state } = after(buy, bought, before, fill('c', 'sell', '1', '110'), amend(before, null));
    expect(figures(state)).toMatchObject({ lots: ['3@100 a'], realized: '10' });
  });
});

describe('a corrected execution', () => {
  const bought = fill('a', 'buy', '4', '100');
  it('is taken back and booked anew, once for each correction', () => {
    const { state, events } = after(
      assess(market({ orderId: 'a' })),
      bought,
      amend(bought, corrected('3', '99')),
      amend(bought, corrected('3', '99')),
      amend(bought, corrected('5', '98', 'E3')),
    );
    expect(
      events.slice(1).map(({ type, data }) => `${type} ${'executionKey' in data ? data.executionKey : ''}`),
    ).toEqual([
      'FillBooked B-a:4',
      'FillReversed B-a:4',
      'FillBooked B-a:4/E2',
      'FillReversed B-a:4/E2',
      'FillBooked B-a:4/E3',
    ]);
    expect(figures(state)).toMatchObject({ lots: ['5@98 a'], reserved: '5', trades: 1 });
  });
  it('is not brought back by one who has stood still over a later correction, nor over its bust', () => {
    const [second, third] = [corrected('3', '99'), corrected('5', '98', 'E3')];
    const late = amend(bought, second, LATER, ['E1', 'E2']);
    expect(figures(after(bought, amend(bought, third), late).state).lots).toEqual(['5@98 a']);
    expect(figures(after(bought, amend(bought, third), amend(bought, null), late).state).lots).toEqual([]);
    const lateBust = amend(bought, null, LATER, ['E1', 'E2']);
    expect(figures(after(bought, amend(bought, second), lateBust).state).lots).toEqual([]);
  });
  it('may be busted in turn, and is booked as it is when it was never booked before', () => {
    expect(figures(after(bought, amend(bought, corrected('3', '99')), amend(bought, null)).state).lots).toEqual([]);
    expect(figures(after(amend(bought, corrected('3', '99')), bought).state).lots).toEqual(['3@99 a']);
  });
});

describe('an execution that the opening positions contain', () => {
  const old = fill('elsewhere', 'buy', '5', '100');
  const opening: RiskCommand = {
    type: 'RecordOpeningPositions',
    positions: [{ symbol: 'AAPL', quantity: '5', averagePrice: '90' }],
    at: execution('1', '1').executedAt,
  };
  it('is taken back when it is busted after they were read, and not when before', () => {
    const late = after(opening, old, amend(old, null), amend(old, null));
    expect(late.events.map(({ type }) => type)).toEqual(['OpeningPositionsRecorded', 'FillReversed']);
    // The lot had another price, so the difference is realized.
    expect(figures(late.state)).toMatchObject({ lots: [], realized: '50' });
    expect(after(opening, old, amend(old, null, NOW)).events).toHaveLength(1);
  });
  it('is booked with its correction when it is corrected after they were read', () => {
    const { state } = after(opening, amend(old, corrected('3', '100')));
    expect(figures(state)).toMatchObject({ lots: ['3@100 elsewhere'], realized: '50' });
  });
});

describe('an execution of a position that was adopted from the broker afterwards', () => {
  const bought = fill('a', 'buy', '5', '100');
  const adoption: readonly RiskCommand[] = [
    { type: 'ReportPositionMismatch', symbol: 'AAPL', ours: '5', brokers: '7', at: LATER },
    {
      type: 'AdoptBrokerPosition',
      symbol: 'AAPL',
      quantity: '7',
      averagePrice: '100',
      by: 'ada',
      at: '2026-03-04T15:00:00.000Z',
    },
  ];
  it('is taken back when it is busted after that, and not when before', () => {
    const contained = after(bought, ...adoption, amend(bought, null), amend(bought, null));
    expect(figures(contained.state).lots).toEqual(['7@100 null']);
    const busted = amend(bought, null, '2026-03-05T15:00:00.000Z');
    expect(figures(after(bought, ...adoption, busted, busted).state).lots).toEqual(['2@100 null']);
  });
  it('is taken back whenever it was busted when it was booked on the adopted position', () => {
    const own = [assess(market({ orderId: 'a' })), fill('b', 'buy', '5', '100'), ...adoption, bought];
    expect(figures(after(...own).state).lots).toEqual(['7@100 null', '5@100 a']);
    expect(figures(after(...own, amend(bought, null)).state).lots).toEqual(['7@100 null']);
  });
});

describe('what was executed too much', () => {
  const found = (excess: string, cause: 'order' | 'exits' = 'order', symbol = 'AAPL'): RiskCommand => ({
    type: 'RecordOverfill',
    orderId: 'o',
    symbol,
    cause,
    excess,
    at: NOW,
  });
  const clear = (excess = '1', cause: 'order' | 'exits' = 'order'): RiskCommand => ({
    type: 'ClearOverfill',
    orderId: 'o',
    cause,
    excess,
    clearedBy: 'ada',
    at: NOW,
  });
  const types = (...commands: RiskCommand[]) => after(...commands).events.map(({ type }) => type);
  const stands = (against: RiskCommand, ...before: RiskCommand[]) =>
    breaches(against, ...before).some(({ rule }) => rule === 'overfill');
  const buy = assess(market({ orderId: 'n', quantity: '1' }));

  it('is recorded once, and again when it is more', () => {
    expect(types(found('1'), found('1'), found('0.5'), found('2'))).toEqual(['OverfillFound', 'OverfillFound']);
  });
  it('stands against what opens a position until a person has looked, once', () => {
    expect(stands(buy, found('1'))).toBe(true);
    expect(stands(assess(market({ orderId: 'n', symbol: 'IBM', quantity: '1' })), found('1'))).toBe(true);
    expect(
      stands(assess(market({ orderId: 'n', side: 'sell', quantity: '1' })), fill('a', 'buy', '2', '100'), found('1')),
    ).toBe(false);
    expect(stands(buy, found('1'), clear())).toBe(false);
    expect(types(found('1'), clear('1.0'), clear(), found('1'))).toEqual(['OverfillFound', 'OverfillCleared']);
    expect(stands(buy, found('1'), clear(), found('2'))).toBe(true);
    expect(decide(clear(), NO_RISK)).toEqual({ kind: 'refused', refusal: { code: 'order_unknown' } });
  });
  it('is cleared as the person has seen it, and not when it is more by now', () => {
    const changed = { kind: 'refused', refusal: { code: 'overfill_changed' } };
    expect(decide(clear('2'), after(found('2'), found('50')).state)).toEqual(changed);
    expect(decide(clear('2'), after(found('2'), clear('2'), found('50')).state)).toEqual(changed);
    expect(decide(clear('50'), after(found('2'), found('50')).state)).toMatchObject({ kind: 'accepted' });
  });
  it('is cleared by its own cause alone, where the other one was not looked at', () => {
    const both = [found('1'), found('3', 'exits')];
    const { state } = after(...both, clear());
    expect(standingOverfills(state.overfills)).toMatchObject([{ orderId: 'o', cause: 'exits' }]);
    expect(stands(buy, ...both, clear())).toBe(true);
    expect(stands(buy, ...both, clear(), clear('3', 'exits'))).toBe(false);
    expect(decide(clear('1', 'exits'), after(found('1')).state)).toMatchObject({ refusal: { code: 'order_unknown' } });
  });
  it('was cleared by all causes at once before they were told apart', () => {
    const { state } = after(found('1'), found('3', 'exits'));
    const data = { orderId: 'o', symbol: 'AAPL', cause: null, clearedBy: 'ada', clearedAt: NOW };
    expect(standingOverfills(evolveRisk(state, { type: 'OverfillCleared', data }).overfills)).toEqual([]);
  });
  it('by exits stands against their symbol only', () => {
    expect(stands(buy, found('1', 'exits', 'IBM'))).toBe(false);
    expect(stands(buy, found('1', 'exits'))).toBe(true);
    expect(stands(buy, found('1', 'exits'), clear('1', 'exits'))).toBe(false);
  });
});
