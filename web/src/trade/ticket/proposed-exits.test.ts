import { describe, expect, it } from 'vitest';
import type { Draft } from './draft.ts';
import { ownExits, withProposedExits } from './proposed-exits.ts';
import { draft, quote, table } from './samples.suite.ts';

const LIMITS = { stopLossPercent: '5', takeProfitPercent: '10' };
const exits = (change: Partial<Draft>, basis: Partial<Parameters<typeof withProposedExits>[1]> = {}) => {
  const { takeProfit, stopLoss } = withProposedExits(draft({ bracket: true, ...change }), {
    table,
    quote,
    limits: LIMITS,
    ...basis,
  });
  return [takeProfit, stopLoss];
};

describe('the exits of a bracket', () => {
  it('are proposed around the side of the quote that the order would take, in steps of the price', () => {
    expect(exits({})).toEqual(['205.98', '177.89']);
    expect(exits({ side: 'sell' })).toEqual(['168.48', '196.56']);
  });

  it('follow the price that the order itself names', () => {
    expect(exits({ type: 'limit', limitPrice: '1,000' })).toEqual(['1100', '950']);
    expect(exits({ type: 'limit', limitPrice: '0.5' })).toEqual(['0.55', '0.475']);
  });

  it('stay as the trader has written them', () => {
    const own = { exitsProposed: false, takeProfit: '200', stopLoss: '' };
    expect(exits({ ...own, type: 'limit', limitPrice: '100' })).toEqual(['200', '']);
  });

  it('stand still from the moment on that one of them is entered', () => {
    const seen = withProposedExits(draft({ bracket: true }), { table, quote, limits: LIMITS });
    const entered = { ...seen, ...ownExits(seen) };
    const later = withProposedExits(entered, { table, quote: { ...quote, ask: '210' }, limits: LIMITS });
    expect([later.takeProfit, later.stopLoss]).toEqual(['205.98', '177.89']);
  });

  it('are left open where nothing is known to propose them from', () => {
    expect(exits({}, { quote: null })).toEqual(['', '']);
    expect(exits({}, { quote: { ...quote, ask: '0' } })).toEqual(['', '']);
    expect(exits({ takeProfit: '3' }, { limits: null })).toEqual(['3', '']);
    expect(exits({}, { limits: { ...LIMITS, stopLossPercent: null } })).toEqual(['205.98', '']);
    expect(exits({}, { limits: { ...LIMITS, stopLossPercent: '100' } })).toEqual(['205.98', '']);
    expect(exits({ bracket: false })).toEqual(['', '']);
  });
});
