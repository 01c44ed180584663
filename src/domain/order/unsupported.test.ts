import { describe, expect, it } from 'vitest';
import type { BrokerCapabilities } from './capabilities.ts';
import type { OrderTicket } from './events.ts';
import { orderFacts, ticket } from './samples.suite.ts';
import { combinationReasons, unsupportedChange, unsupportedReasons } from './unsupported.ts';

/** A broker that takes next to nothing, unlike any that there is: what it takes is data. */
const TINY: BrokerCapabilities = {
  broker: 'tiny',
  orderTypes: [
    { type: 'market', prices: ['limit'] },
    { type: 'limit', prices: ['limit'] },
  ],
  timesInForce: ['gtc'],
  combinations: [
    {
      of: { type: ['market'], size: ['fraction'] },
      only: { hours: ['extended'], exits: ['none'] },
      reason: 'fraction_order_type',
    },
  ],
  priceSteps: [
    { from: '5', step: '0.5' },
    { from: '100', step: '3' },
  ],
  quantityStep: '0.1',
  smallestFractionValue: '1000',
  bracketDistance: '2',
  flips: true,
  orderWindows: [{ timeInForce: 'gtc', closedFrom: '00:00', closedUntil: '10:00', reason: 'opening_order_window' }],
  replacement: null,
  longestClientOrderId: 10,
  margin: [],
};
const order = (changes: Partial<OrderTicket> = {}) =>
  ticket({ timeInForce: 'gtc', limitPrice: '120', quantity: '10', ...changes });
const reasons = (changes: Partial<OrderTicket>, facts = {}) =>
  unsupportedReasons(order(changes), TINY, orderFacts({ marketTime: '2026-03-02T16:00:00Z', ...facts }));

describe('a table of capabilities', () => {
  it('is all that decides', () => {
    expect(reasons({})).toEqual([]);
    expect(reasons({ type: 'market' })).toEqual([]);
    expect(reasons({ type: 'stop' })).toEqual(['order_type_not_taken']);
    expect(reasons({ timeInForce: 'day' })).toEqual(['time_in_force_not_taken']);
    expect(reasons({ limitPrice: '121' })).toEqual(['price_step']);
    expect(reasons({ limitPrice: '99.5' })).toEqual([]);
    expect(reasons({ limitPrice: '4.5' })).toEqual(['price_step']);
    expect(reasons({ quantity: '10.05' })).toEqual(['quantity_step']);
    expect(reasons({ quantity: '0.5' })).toEqual(['fraction_too_small']);
    expect(reasons({ side: 'sell' }, { position: '1' })).toEqual([]);
    expect(reasons({ takeProfit: '123', stopLoss: '117' })).toEqual([]);
    expect(reasons({ limitPrice: '99.5', takeProfit: '102', stopLoss: '98' })).toEqual(['bracket_exit_too_near']);
    expect(reasons({}, { marketTime: '2026-03-02T14:59:00Z' })).toEqual(['opening_order_window']);
  });

  it('demands all of a combination, of the orders that it is about', () => {
    expect(reasons({ type: 'market', quantity: '10.5' })).toEqual(['fraction_order_type']);
    expect(reasons({ type: 'market', quantity: '10.5', extendedHours: true })).toEqual([]);
    expect(reasons({ type: 'market', quantity: '10.5', extendedHours: true, takeProfit: '123' })).toEqual([
      'fraction_order_type',
    ]);
    expect(reasons({ quantity: '10.5' })).toEqual([]);
  });

  it('says nothing against what is not known', () => {
    expect(combinationReasons({ type: 'market' }, TINY)).toEqual([]);
    expect(combinationReasons({ type: 'market', size: 'fraction' }, TINY)).toEqual([]);
    expect(combinationReasons({ type: 'market', size: 'fraction', hours: 'regular' }, TINY)).toEqual([
      'fraction_order_type',
    ]);
  });

  it('may have no changes at all, or only of some terms', () => {
    const { quantity, limitPrice, stopPrice, timeInForce } = order();
    const terms = { quantity, limitPrice, stopPrice, timeInForce };
    const facts = orderFacts({ marketTime: '2026-03-02T16:00:00Z' });
    const change = (changes: Partial<typeof terms>, replacement: BrokerCapabilities['replacement']) =>
      unsupportedChange(order(), { ...terms, ...changes }, { ...TINY, replacement }, facts);
    const prices = { terms: ['limitPrice'], wholeSharesOnly: false } as const;
    expect(change({ limitPrice: '117' }, null)).toEqual(['change_not_taken']);
    expect(change({ limitPrice: '117' }, prices)).toEqual([]);
    expect(change({ limitPrice: '117', quantity: '5' }, prices)).toEqual(['change_not_taken']);
  });
});
