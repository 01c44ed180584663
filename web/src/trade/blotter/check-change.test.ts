import { expect, it } from 'vitest';
import type { BrokerOrder } from '../../../../contracts/broker-api.ts';
import { table } from '../ticket/samples.suite.ts';
import { againstChange, checkChange } from './check-change.ts';

const order = (qty: number): BrokerOrder => ({
  id: 'order',
  instrument: 'AAPL',
  qty,
  side: 'buy',
  type: 'limit',
  status: 'working',
  filledQty: 0,
  limitPrice: 187.25,
  duration: { type: 'day' },
  lastModified: 0,
});

it('orders for whole shares can be changed, and only those', () => {
  expect(againstChange(table, order(10))).toBeNull();
  expect(againstChange(table, order(0.5))).toBe(table.words.change_whole_shares);
  expect(againstChange({ ...table, replacement: null }, order(10))).toBe(table.words.change_not_taken);
});

it('new terms are for whole shares, in the step of the price', () => {
  expect(checkChange(table, { qty: '5', limitPrice: '187.20', stopPrice: '0.1234' })).toEqual({});
  expect(checkChange(table, { qty: '5.5', limitPrice: '187.205' })).toEqual({
    qty: table.words.change_whole_shares,
    limitPrice: table.words.price_step,
  });
});
