import { describe, expect, it } from 'vitest';
import { marginRuleOn } from '../../domain/order/capabilities.ts';
import { clientOrderId, MOST_CHANGES } from '../../domain/order/client-order-id.ts';
import type { OrderTerms, OrderTicket } from '../../domain/order/events.ts';
import { COMMON_SHARE, ORDER_ID, orderFacts, ticket } from '../../domain/order/samples.suite.ts';
import type { OrderFacts } from '../../domain/order/unsupported.ts';
import { unsupportedChange, unsupportedReasons } from '../../domain/order/unsupported.ts';
import { ALPACA_CAPABILITIES } from './capabilities.ts';

type Case = [Partial<OrderTicket>, readonly string[], Partial<OrderFacts>?];

const market = { type: 'market', limitPrice: null } as const;
const stop = { type: 'stop', limitPrice: null, stopPrice: '190' } as const;
const trailing = { type: 'trailing_stop', limitPrice: null, trailPrice: '1.50' } as const;
const bracket = { takeProfit: '200', stopLoss: '180' } as const;
const short = { side: 'sell' } as const;
const long = { position: '10' };
const share = (changes: Partial<typeof COMMON_SHARE>) => ({ instrument: { ...COMMON_SHARE, ...changes } });

const reasons = (changes: Partial<OrderTicket>, facts: Partial<OrderFacts> = {}) =>
  unsupportedReasons(ticket(changes), ALPACA_CAPABILITIES, orderFacts(facts));

describe('what Alpaca takes', () => {
  it.each<[string, Partial<OrderTicket>, Partial<OrderFacts>?]>([
    ['a limit order', {}],
    ['a market order', market],
    ['a stop order', stop],
    ['a stop-limit order', { type: 'stop_limit', stopPrice: '190' }],
    ['a trailing stop', trailing],
    ['a fraction for the day', { ...market, quantity: '0.5' }],
    ['nine decimals', { ...market, quantity: '0.123456789' }],
    ['a fraction worth a dollar', { limitPrice: '100', quantity: '0.01' }],
    ['a fraction in extended hours', { quantity: '0.5', extendedHours: true }],
    ['immediate or cancel', { timeInForce: 'ioc' }],
    ['extended hours', { extendedHours: true }],
    ['a bracket', bracket],
    ['a bracket to sell short', { ...short, takeProfit: '170', stopLoss: '195' }],
    ['a bracket a cent around its entry', { takeProfit: '187.26', stopLoss: '187.24' }],
    ['four decimals below a dollar', { limitPrice: '0.1234' }],
    ['superfluous zeros', { limitPrice: '187.2500' }],
    ['selling all that is held', { ...short, ...market }, long],
    ['selling a fraction of it', { ...short, ...market, quantity: '9.5' }, long],
    ['selling what can not be borrowed, when it is held', short, { ...long, ...share({ shortable: false }) }],
    ['a stop within the spread', { ...stop, stopPrice: '187.25' }],
    ['a stop while nobody quotes', { ...stop, stopPrice: '1' }, { quote: { bid: '0', ask: '0' } }],
    ['an order for the open, before 09:28', { timeInForce: 'opg' }, { marketTime: '2026-03-02T14:27:59Z' }],
    ['an order for the open, from 19:00', { timeInForce: 'opg' }, { marketTime: '2026-03-03T00:00:00Z' }],
    ['an order for the open, on a Sunday', { timeInForce: 'opg' }, { marketTime: '2026-03-01T17:00:00Z' }],
    ['an order for the close, before 15:50', { timeInForce: 'cls' }, { marketTime: '2026-07-01T19:49:59Z' }],
  ])('%s', (_name, changes, facts) => {
    expect(reasons(changes, facts)).toEqual([]);
  });

  it.each<Case>([
    [{ limitPrice: null }, ['limit_price_missing']],
    [{ type: 'stop', limitPrice: null }, ['stop_price_missing']],
    [{ type: 'trailing_stop', limitPrice: null }, ['trail_price_missing']],
    [{ type: 'market' }, ['price_not_used']],
    [{ trailPrice: '1' }, ['price_not_used']],
    [{ limitPrice: '187.255' }, ['price_step']],
    [{ limitPrice: '0.12345' }, ['price_step']],
    [{ ...trailing, trailPrice: '1.505' }, ['price_step']],
    [{ ...bracket, stopLoss: '180.001' }, ['price_step']],
    [{ ...market, quantity: '0.1234567891' }, ['quantity_step']],
    [{ ...market, quantity: '0.001' }, ['fraction_too_small']],
    [{ quantity: '0.5', timeInForce: 'gtc' }, ['fraction_needs_day_order']],
    [{ ...trailing, quantity: '0.5' }, ['fraction_order_type']],
    [{ quantity: '0.5' }, ['fraction_of_this_instrument'], share({ fractionable: false })],
    [
      { quantity: '0.5', extendedHours: true },
      ['fraction_in_extended_hours'],
      share({ fractionableInExtendedHours: false }),
    ],
    [{ ...stop, timeInForce: 'fok' }, ['time_in_force_order_type']],
    [{ ...market, extendedHours: true }, ['extended_hours_need_limit_day']],
    [{ takeProfit: '200' }, ['bracket_needs_both_exits']],
    [{ ...bracket, timeInForce: 'ioc' }, ['bracket_time_in_force']],
    [{ ...bracket, extendedHours: true }, ['bracket_time_in_force']],
    [{ ...bracket, quantity: '1.5' }, ['bracket_whole_shares']],
    [{ ...bracket, ...trailing }, ['bracket_order_type']],
    [{ ...short, takeProfit: '170', stopLoss: '195' }, ['bracket_entry_only'], long],
    [{ takeProfit: '180', stopLoss: '200' }, ['bracket_exits_reversed']],
    [{ ...short, ...bracket }, ['bracket_exits_reversed']],
    [{ ...bracket, takeProfit: '187.25' }, ['bracket_exit_too_near']],
    [{ ...bracket, stopLoss: '187.25' }, ['bracket_exit_too_near']],
    [{ ...market, ...bracket, stopLoss: '187.30' }, ['bracket_exit_too_near']],
    [{ ...market, ...bracket, takeProfit: '187.20' }, ['bracket_exit_too_near']],
    [{ ...stop, stopPrice: '187.20' }, ['stop_beyond_market']],
    [{ ...stop, ...short, stopPrice: '187.30' }, ['stop_beyond_market']],
    [{ ...market, ...short, quantity: '0.5' }, ['short_whole_shares']],
    [short, ['short_not_borrowable'], share({ shortable: false })],
    [{ ...short, quantity: '10.5' }, ['position_flip'], long],
    [{ quantity: '11' }, ['position_flip'], { position: '-10' }],
    [{ timeInForce: 'opg' }, ['opening_order_window'], { marketTime: '2026-03-02T14:28:00Z' }],
    [{ timeInForce: 'opg' }, ['opening_order_window'], { marketTime: '2026-03-02T23:59:59Z' }],
    [{ timeInForce: 'cls' }, ['closing_order_window'], { marketTime: '2026-07-01T19:50:00Z' }],
    [{}, ['instrument_not_tradable'], share({ tradable: false })],
    [{ type: 'market', quantity: '0.5', timeInForce: 'gtc' }, ['price_not_used', 'fraction_needs_day_order']],
  ])('not %j', (changes, expected, facts) => {
    expect(reasons(changes, facts)).toEqual(expected);
  });
});

describe('what Alpaca lets be changed', () => {
  const changed = (order: Partial<OrderTicket>, terms: Partial<OrderTerms>) => {
    const before = ticket(order);
    const { quantity, limitPrice, stopPrice, timeInForce } = before;
    const after = { quantity, limitPrice, stopPrice, timeInForce, ...terms };
    return unsupportedChange(before, after, ALPACA_CAPABILITIES, orderFacts());
  };

  it.each<[Partial<OrderTicket>, Partial<OrderTerms>, readonly string[]]>([
    [{}, { quantity: '5', limitPrice: '180', timeInForce: 'gtc' }, []],
    [stop, { stopPrice: '195' }, []],
    [trailing, { quantity: '3' }, []],
    [{}, { quantity: '5.5' }, ['change_whole_shares']],
    [{ quantity: '5.5' }, { quantity: '5' }, ['change_whole_shares']],
    [{ quantity: '5.5' }, { limitPrice: '180' }, ['change_whole_shares']],
    [{}, { stopPrice: '190' }, ['price_not_used']],
    [stop, { timeInForce: 'ioc' }, ['time_in_force_order_type']],
    [bracket, { limitPrice: '201' }, ['bracket_exit_too_near']],
  ])('%j to %j', (order, terms, expected) => {
    expect(changed(order, terms)).toEqual(expected);
  });
});

it('keeps the ids that we give to orders and their changes within what Alpaca takes', () => {
  expect(clientOrderId(ORDER_ID, MOST_CHANGES).length).toBeLessThanOrEqual(ALPACA_CAPABILITIES.longestClientOrderId);
});

describe('margin', () => {
  it('is what was in force on the day', () => {
    const on = (day: string) => marginRuleOn(ALPACA_CAPABILITIES, day);
    expect(on('2026-06-03')).toMatchObject({ kind: 'margin', minimumEquity: '2000', deficit: null });
    expect(on('2026-06-04')).toMatchObject({
      effectiveFrom: '2026-06-04',
      kind: 'intraday_margin',
      minimumEquity: '2000',
      largestPositionsToEquity: '6',
    });
    expect(on('2031-01-02')).toEqual(on('2026-06-04'));
    expect(on('1989-12-29')).toBeNull();
  });

  it('counts no day trades', () => {
    expect(JSON.stringify(ALPACA_CAPABILITIES)).not.toMatch(/25000|day.?trade|pdt/i);
  });
});
