import { describe, expect, it } from 'vitest';
import { unsupportedReasons } from './capabilities.ts';
import type { OrderTicket } from './events.ts';
import { ticket } from './samples.suite.ts';

const market = { type: 'market', limitPrice: null } as const;
const bracket = { takeProfit: '200', stopLoss: '180' } as const;

describe('what the broker takes', () => {
  it.each<[string, Partial<OrderTicket>]>([
    ['a limit order', {}],
    ['a market order', market],
    ['a stop order', { type: 'stop', limitPrice: null, stopPrice: '190' }],
    ['a stop-limit order', { type: 'stop_limit', stopPrice: '190' }],
    ['a trailing stop', { type: 'trailing_stop', limitPrice: null, trailPrice: '1.50' }],
    ['a fraction for the day', { ...market, quantity: '0.5' }],
    ['immediate or cancel', { timeInForce: 'ioc' }],
    ['extended hours', { extendedHours: true }],
    ['a bracket', bracket],
    ['a bracket to sell short', { side: 'sell', takeProfit: '170', stopLoss: '195' }],
    ['four decimals below a dollar', { limitPrice: '0.1234' }],
    ['superfluous zeros', { limitPrice: '187.2500' }],
  ])('%s', (_name, changes) => {
    expect(unsupportedReasons(ticket(changes))).toEqual([]);
  });

  it.each<[Partial<OrderTicket>, readonly string[]]>([
    [{ limitPrice: null }, ['limit_price_missing']],
    [{ type: 'stop', limitPrice: null }, ['stop_price_missing']],
    [{ type: 'trailing_stop', limitPrice: null }, ['trail_price_missing']],
    [{ type: 'market' }, ['price_not_used']],
    [{ limitPrice: '187.255' }, ['price_step']],
    [{ limitPrice: '0.12345' }, ['price_step']],
    [{ ...bracket, stopLoss: '180.001' }, ['price_step']],
    [{ quantity: '0.5', timeInForce: 'gtc' }, ['fraction_needs_day_order']],
    [{ quantity: '0.5', type: 'trailing_stop', limitPrice: null, trailPrice: '1' }, ['fraction_order_type']],
    [{ type: 'stop', limitPrice: null, stopPrice: '190', timeInForce: 'fok' }, ['time_in_force_order_type']],
    [{ ...market, extendedHours: true }, ['extended_hours_need_limit_day']],
    [{ takeProfit: '200' }, ['bracket_needs_both_exits']],
    [{ ...bracket, timeInForce: 'ioc' }, ['bracket_time_in_force']],
    [{ ...bracket, quantity: '1.5' }, ['bracket_whole_shares']],
    [{ takeProfit: '180', stopLoss: '200' }, ['bracket_exits_reversed']],
    [{ side: 'sell', ...bracket }, ['bracket_exits_reversed']],
  ])('not %j', (changes, reasons) => {
    expect(unsupportedReasons(ticket(changes))).toEqual(reasons);
  });
});
