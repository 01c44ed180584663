import { describe, expect, it } from 'vitest';
import { checkDraft, type World } from './check-draft.ts';
import type { Draft } from './draft.ts';
import { draft, table, world } from './samples.suite.ts';

const { words } = table;
const errors = (change: Partial<Draft>, around: Partial<World> = {}) => checkDraft(draft(change), world(around)).errors;
const atOnce = (change: Partial<Draft>, around: Partial<World> = {}) => checkDraft(draft(change), world(around)).atOnce;
const share = (change: object) => ({ instrument: { ...world().instrument!, ...change } });

describe('a draft held against the world', () => {
  it('takes whole and parted quantities', () => {
    expect(errors({ quantity: '0.5' })).toEqual({});
    expect(errors({ quantity: '1,000' })).toEqual({});
    expect(errors({ quantity: '0.123456789' })).toEqual({});
    expect(errors({ quantity: '' })).toEqual({ quantity: 'Enter a quantity' });
    expect(errors({ quantity: '-1' }).quantity).toMatch('greater than 0');
    expect(errors({ quantity: '1e3' }).quantity).toMatch('greater than 0');
    expect(errors({ quantity: '1.1234567891' }).quantity).toBe(words.quantity_step);
    expect(errors({ quantity: '0.005' }).quantity).toBe(words.fraction_too_small);
    expect(errors({ quantity: '10000.1' }).quantity).toBe('At most 10,000');
  });

  it('asks only for the prices that the type has, in the step of the price', () => {
    expect(errors({ type: 'stop_limit' })).toEqual({ limitPrice: 'Enter a price', stopPrice: 'Enter a price' });
    expect(errors({ type: 'trailing_stop' })).toEqual({ trailPrice: 'Enter a distance' });
    expect(errors({ type: 'limit', limitPrice: '187.255' })).toEqual({ limitPrice: words.price_step });
    expect(errors({ type: 'limit', limitPrice: '0.1234' })).toEqual({});
    expect(errors({ type: 'trailing_stop', trailPrice: '0.1234' })).toEqual({ trailPrice: 'In steps of 0.01' });
    expect(errors({ type: 'market', limitPrice: 'junk' })).toEqual({});
  });

  it('wants the bracket on the right sides of the entry', () => {
    const bracket = { bracket: true, takeProfit: '190', stopLoss: '180' };
    expect(errors(bracket)).toEqual({});
    expect(errors({ ...bracket, takeProfit: '187.20' })).toEqual({ takeProfit: words.bracket_exit_too_near });
    expect(errors({ ...bracket, stopLoss: '187.25' })).toEqual({ stopLoss: words.bracket_exit_too_near });
    expect(errors({ ...bracket, type: 'limit', limitPrice: '180' })).toEqual({ stopLoss: words.bracket_exit_too_near });
    expect(errors({ ...bracket, side: 'sell' })).toEqual({
      takeProfit: words.bracket_exits_reversed,
      stopLoss: words.bracket_exits_reversed,
    });
    const short = { bracket: true, side: 'sell', takeProfit: '180', stopLoss: '190' } as const;
    expect(errors(short)).toEqual({});
    expect(errors({ ...short, stopLoss: '187.20' })).toEqual({ stopLoss: words.bracket_exit_too_near });
  });

  it('wants a stop on its side of the market', () => {
    const stop = { type: 'stop', stopPrice: '187.20' } as const;
    expect(errors(stop)).toEqual({ stopPrice: words.stop_beyond_market });
    expect(errors({ ...stop, stopPrice: '187.25', side: 'sell' })).toEqual({ stopPrice: words.stop_beyond_market });
    expect(errors({ ...stop, stopPrice: '187.21' })).toEqual({});
    expect(errors(stop, { quote: null })).toEqual({});
  });

  it('tells at once what does not go together, and what is still being typed only when asked', () => {
    expect(atOnce({ quantity: '0.5', duration: 'gtc' })).toEqual({ quantity: words.fraction_needs_day_order });
    expect(atOnce({ quantity: '0.5', type: 'trailing_stop' })).toEqual({ quantity: words.fraction_order_type });
    expect(atOnce({ quantity: '', type: 'stop', stopPrice: '1' })).toEqual({});
    expect(atOnce({ quantity: '0.001' })).toEqual({});
  });

  it('goes by the instrument, the position and the hour, as far as they are known', () => {
    expect(atOnce({ quantity: '0.5' }, share({ fractionable: false }))).toEqual({
      quantity: words.fraction_of_this_instrument,
    });
    expect(atOnce({}, share({ tradable: false }))).toEqual({ order: words.instrument_not_tradable });
    expect(atOnce({ side: 'sell' }, share({ shortable: false }))).toEqual({ order: words.short_not_borrowable });
    expect(atOnce({ side: 'sell', quantity: '0.5' })).toEqual({ quantity: words.short_whole_shares });
    expect(atOnce({ side: 'sell', quantity: '0.5' }, { position: '2' })).toEqual({});
    expect(atOnce({ side: 'sell', quantity: '0.5' }, { position: null, instrument: null })).toEqual({});
    expect(errors({ side: 'sell' }, { position: '9.5' })).toEqual({ quantity: words.position_flip });
    expect(atOnce({ duration: 'opg' })).toEqual({ duration: words.opening_order_window });
    expect(atOnce({ duration: 'opg' }, { now: null })).toEqual({});
  });
});
