import { describe, expect, it } from 'vitest';
import { placeOrderForm } from '../../../../contracts/broker-api.ts';
import { describeForm, estimatedValue, formOf } from './draft.ts';
import { draft, quote, table } from './samples.suite.ts';

describe('a draft', () => {
  it('estimates the value exactly, at the price the order would take', () => {
    expect(estimatedValue(table, draft({ quantity: '0.1' }), quote)).toBe('18.725');
    expect(estimatedValue(table, draft({ side: 'sell' }), quote)).toBe('1872.00');
    expect(estimatedValue(table, draft({ type: 'limit', limitPrice: '0.07', quantity: '3' }), null)).toBe('0.21');
    expect(estimatedValue(table, draft({ type: 'trailing_stop', trailPrice: '2' }), quote)).toBe('1872.50');
    expect(estimatedValue(table, draft({ type: 'limit' }), quote)).toBeNull();
    expect(estimatedValue(table, draft({}), null)).toBeNull();
  });

  it('makes a form that the contract accepts', () => {
    const form = formOf(
      table,
      draft({ type: 'stop_limit', limitPrice: '187.30', stopPrice: ' 187.10', duration: 'gtc' }),
      'AAPL',
      quote,
    );
    expect(placeOrderForm.safeParse(form).success).toBe(true);
    expect(form).toMatchObject({
      type: 'stoplimit',
      qty: '10',
      limitPrice: '187.3',
      stopPrice: '187.1',
      currentAsk: '187.25',
    });
    expect(describeForm(form)).toBe('Buy 10 AAPL stop 187.10, limit 187.30, gtc');
    expect(describeForm(formOf(table, draft({}), 'AAPL', quote))).toBe('Buy 10 AAPL at market, day');
  });

  it('tells the distance of a trailing stop in cents', () => {
    const form = formOf(table, draft({ type: 'trailing_stop', trailPrice: '1.50', stopPrice: '9' }), 'AAPL', quote);
    expect(placeOrderForm.safeParse(form).success).toBe(true);
    expect(form).toMatchObject({ type: 'stop', trailingStopPips: '150' });
    expect(form).not.toHaveProperty('stopPrice');
    expect(describeForm(form)).toBe('Buy 10 AAPL trailing stop 1.50 away, day');
  });

  it('says that it is for extended hours too', () => {
    const form = formOf(table, draft({ type: 'limit', limitPrice: '187', extendedHours: true }), 'AAPL', quote);
    expect(form).toMatchObject({ extendedHours: 'true' });
    expect(describeForm(form)).toBe('Buy 10 AAPL limit 187.00, day, extended hours too');
    expect(formOf(table, draft({}), 'AAPL', quote)).not.toHaveProperty('extendedHours');
  });
});
