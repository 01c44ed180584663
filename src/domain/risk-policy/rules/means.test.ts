import { describe, expect, it } from 'vitest';
import type { OrderTicket } from '../../order/events.ts';
import { ticket } from '../../order/samples.suite.ts';
import type { AssessmentInputs } from '../events.ts';
import { after, assess, breaches, change, figures, fill, market, NOW, release } from '../samples.suite.ts';

const at = (milliseconds: number): string => new Date(Date.parse(NOW) + milliseconds).toISOString();
const means = (buyingPower: string, readAt = NOW): Partial<AssessmentInputs> => ({
  account: figures({ buyingPower, at: readAt }),
  tradesIncluded: null,
});
const buy = (orderId: string, quantity: string, limitPrice = '100', changes: Partial<OrderTicket> = {}) =>
  ticket({ orderId, quantity, limitPrice, ...changes });

describe('buying power', () => {
  it.each([
    ['99.99', []],
    ['100', []],
    ['100.01', [{ rule: 'buying_power', limit: '1000', actual: '1000.1', unit: 'USD', detail: null }]],
  ])('of 1,000 is for ten shares at %s', (limitPrice, expected) => {
    expect(breaches(assess(buy('a', '10', limitPrice), means('1000')))).toEqual(expected);
  });

  it('reckons a market order at the ask, and a short sale at 103 per cent of it', () => {
    expect(breaches(assess(market({ quantity: '10' }), means('1000.2')))).toEqual([]);
    expect(breaches(assess(market({ quantity: '10' }), means('1000.19')))).toMatchObject([{ actual: '1000.2' }]);
    const short = market({ side: 'sell', quantity: '10' });
    expect(breaches(assess(short, means('1030.206')))).toEqual([]);
    expect(breaches(assess(short, means('1030.2')))).toMatchObject([{ rule: 'buying_power', actual: '1030.206' }]);
  });

  it('is less what was admitted since it was read, or so shortly before that the broker may not know', () => {
    const judged = (readAt: number) =>
      breaches(assess(buy('b', '6'), means('1000', at(readAt)), at(5_000)), assess(buy('a', '5'), {}, at(0)));
    expect(judged(-100)).toMatchObject([{ rule: 'buying_power', limit: '500', actual: '600' }]);
    expect(judged(2_000)).toMatchObject([{ rule: 'buying_power', limit: '500' }]);
    expect(judged(2_001)).toEqual([]);
  });

  it('is less what was executed since, though nothing of it is reserved any more', () => {
    const executed = [assess(buy('a', '5'), {}, at(0)), fill('a', 'buy', '5', '100'), release('a')];
    expect(breaches(assess(buy('b', '6'), means('1000', at(-1)), at(1_000)), ...executed)).toMatchObject([
      { rule: 'buying_power', limit: '500' },
    ]);
    expect(breaches(assess(buy('b', '6'), means('500', at(900)), at(1_000)), ...executed)).toMatchObject([
      { rule: 'buying_power', limit: '500', actual: '600' },
    ]);
    expect(breaches(assess(buy('b', '5'), means('500', at(900)), at(1_000)), ...executed)).toEqual([]);
  });

  it('is not less an order that ended without an execution', () => {
    const ended = [assess(buy('a', '5'), {}, at(0)), release('a')];
    expect(breaches(assess(buy('b', '10'), means('1000', at(-1)), at(1_000)), ...ended)).toEqual([]);
  });

  it('is not taken by what closes', () => {
    const held = [assess(buy('a', '5'), {}, at(-9_000)), fill('a', 'buy', '5', '100'), release('a')];
    const close = assess(buy('b', '5', '100', { side: 'sell' }), means('0', at(0)), at(0));
    expect(breaches(close, ...held)).toEqual([]);
    expect(breaches(assess(buy('c', '10'), means('1000', at(0)), at(10)), ...held, close)).toEqual([]);
  });

  it('that is not known lets nothing be opened', () => {
    expect(breaches(assess(buy('a', '1'), { account: null }))).toEqual([
      { rule: 'buying_power', limit: null, actual: null, unit: 'USD', detail: null },
    ]);
    expect(breaches(assess(buy('a', '1'), { account: null, missing: ['broker_link'] }))).toMatchObject([
      { rule: 'broker_link' },
    ]);
  });

  describe('of a change', () => {
    const answer = (quantity: string, buyingPower: string, readAt: number) =>
      after(
        assess(buy('a', '5'), {}, at(0)),
        change('a', quantity, means(buyingPower, at(readAt)), at(readAt + 10)),
      ).events.at(-1);

    it('is what the broker holds for the order already, and what is left', () => {
      expect(answer('8', '300', 10_000)).toMatchObject({ type: 'ReplacementAdmitted' });
      expect(answer('8', '299.99', 10_000)).toMatchObject({
        type: 'ReplacementDenied',
        data: { breaches: [{ rule: 'buying_power', limit: '799.99', actual: '800' }] },
      });
    });

    it('is not counted twice while the broker may not know of the order yet', () => {
      expect(answer('8', '800', 100)).toMatchObject({ type: 'ReplacementAdmitted' });
      expect(answer('8', '799', 100)).toMatchObject({ type: 'ReplacementDenied' });
    });
  });
});

describe('margin', () => {
  const margin = { effectiveFrom: '2026-06-04', minimumEquity: '2000', largestPositionsToEquity: '6' };
  const with_ = (equity: string, cash = '1000'): Partial<AssessmentInputs> => ({
    margin,
    account: figures({ equity, cash }),
    tradesIncluded: null,
  });

  it.each([
    ['1999.99', '10.01', [{ rule: 'margin', limit: '1000', actual: '1001', unit: 'USD', detail: 'cash' }]],
    ['1999.99', '10', []],
    ['2000', '10.01', []],
    ['2000.01', '10.01', []],
  ])('with an equity of %s, %s shares at 100', (equity, quantity, expected) => {
    expect(breaches(assess(buy('a', quantity), with_(equity)))).toEqual(expected);
  });

  it('sells nothing short with little equity', () => {
    expect(breaches(assess(market({ side: 'sell', quantity: '1' }), with_('1999')))).toEqual([
      { rule: 'short_sale', limit: '2000', actual: '1999', unit: 'USD', detail: 'equity' },
      { rule: 'margin', limit: '2000', actual: '1999', unit: 'USD', detail: 'short' },
    ]);
  });

  const held = [assess(buy('h', '120'), { tradesIncluded: null }), fill('h', 'buy', '120', '100'), release('h')];
  const priced = (price: string) => ({ marks: [{ symbol: 'AAPL', price, previousClose: null }] });
  it.each([
    ['99.99', []],
    ['100', []],
    ['100.01', [{ rule: 'margin', limit: '12000', actual: '12001.2', unit: 'USD', detail: 'positions' }]],
  ])('only closes beyond six times the equity: 120 shares at %s with 2,000', (price, expected) => {
    const seen = { ...with_('2000'), ...priced(price) };
    expect(breaches(assess(buy('a', '1'), seen), ...held)).toEqual(expected);
    expect(breaches(assess(market({ orderId: 'z', side: 'sell', quantity: '120' }), seen), ...held)).toEqual([]);
  });

  it('has no multiple of an equity that is not there', () => {
    const seen = { ...with_('-5', '100000'), ...priced('100') };
    expect(breaches(assess(buy('a', '1'), seen), ...held)).toMatchObject([{ rule: 'margin', limit: '0' }]);
  });

  it('can not be told without a price', () => {
    expect(breaches(assess(buy('a', '1'), { ...with_('2000'), marks: [] }), ...held)).toContainEqual({
      rule: 'margin',
      limit: '12000',
      actual: null,
      unit: 'USD',
      detail: 'positions',
    });
  });

  it('counts no day trades', () => {
    const trips = Array.from({ length: 6 }, (_, n) => [
      assess(buy(`b${n}`, '1'), with_('24000'), at(n * 70_000)),
      fill(`b${n}`, 'buy', '1', '100'),
      release(`b${n}`),
      assess(market({ orderId: `s${n}`, side: 'sell', quantity: '1' }), with_('24000'), at(n * 70_000)),
      fill(`s${n}`, 'sell', '1', '100'),
      release(`s${n}`),
    ]).flat();
    expect(after(...trips).events.filter(({ type }) => type === 'OrderDenied')).toEqual([]);
  });
});
