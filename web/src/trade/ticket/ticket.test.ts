import { describe, expect, it } from 'vitest';
import { placeOrderForm, type Instrument } from '../../../../contracts/broker-api.ts';
import { checkDraft, describeForm, emptyDraft, estimatedValue, formOf, type Draft } from './ticket.ts';

const apple: Instrument = {
  name: 'AAPL',
  description: 'Apple Inc.',
  type: 'stock',
  minTick: 0.01,
  pipSize: 0.01,
  pipValue: 0.01,
  minQty: 0.000001,
  maxQty: 10_000,
  qtyStep: 0.000001,
  variableMinTick: '0.0001 1 0.01',
};
const quote = {
  symbol: 'AAPL',
  bid: '187.20',
  ask: '187.25',
  last: '187.22',
  previousClose: '186.00',
  at: '2026-03-02T14:31:00.000Z',
};
const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft, quantity: '10', ...change });
const errors = (change: Partial<Draft>) => checkDraft(draft(change), apple, quote);

describe('ticket', () => {
  it('takes whole and fractional quantities within the bounds of the instrument', () => {
    expect(errors({ quantity: '0.5' })).toEqual({});
    expect(errors({ quantity: '1,000' })).toEqual({});
    expect(errors({ quantity: '' })).toEqual({ quantity: 'Enter a quantity' });
    expect(errors({ quantity: '-1' }).quantity).toMatch('greater than 0');
    expect(errors({ quantity: '1e3' }).quantity).toMatch('greater than 0');
    expect(errors({ quantity: '0.0000005' }).quantity).toBe('At least 0.000001');
    expect(errors({ quantity: '0.0000015' }).quantity).toBe('In steps of 0.000001');
    expect(errors({ quantity: '10000.1' }).quantity).toBe('At most 10,000');
  });

  it('asks only for the prices that the type has, in the step of the price', () => {
    expect(errors({ type: 'stoplimit' })).toEqual({ limitPrice: 'Enter a price', stopPrice: 'Enter a price' });
    expect(errors({ type: 'limit', limitPrice: '187.255' })).toEqual({ limitPrice: 'In steps of 0.01' });
    expect(errors({ type: 'limit', limitPrice: '0.1234' })).toEqual({});
    expect(errors({ type: 'market', limitPrice: 'junk' })).toEqual({});
  });

  it('wants the bracket on the right sides of the price', () => {
    const bracket = { bracket: true, takeProfit: '190', stopLoss: '180' };
    expect(errors(bracket)).toEqual({});
    expect(errors({ ...bracket, side: 'sell' })).toEqual({
      takeProfit: 'Must be below 187.20',
      stopLoss: 'Must be above 187.20',
    });
  });

  it('estimates the value exactly, at the price the order would take', () => {
    expect(estimatedValue(draft({ quantity: '0.1' }), quote)).toBe('18.725');
    expect(estimatedValue(draft({ side: 'sell' }), quote)).toBe('1872.00');
    expect(estimatedValue(draft({ type: 'limit', limitPrice: '0.07', quantity: '3' }), null)).toBe('0.21');
    expect(estimatedValue(draft({}), null)).toBeNull();
  });

  it('makes a form that the contract accepts', () => {
    const form = formOf(
      draft({ type: 'stoplimit', limitPrice: '187.30', stopPrice: ' 187.10', duration: 'gtc' }),
      'AAPL',
      quote,
    );
    expect(placeOrderForm.safeParse(form).success).toBe(true);
    expect(form).toMatchObject({ qty: '10', limitPrice: '187.3', stopPrice: '187.1', currentAsk: '187.25' });
    expect(describeForm(form)).toBe('Buy 10 AAPL stop 187.10, limit 187.30, gtc');
    expect(describeForm(formOf(draft({}), 'AAPL', quote))).toBe('Buy 10 AAPL at market, day');
  });
});
