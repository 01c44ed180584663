import { describe, expect, it } from 'vitest';
import {
  againstBracket,
  againstExtendedHours,
  canHave,
  closedWindow,
  priceStep,
  settled,
  timesFor,
} from './broker-table.ts';
import { draft, table } from './samples.suite.ts';

const limit = (change: object = {}) => draft({ type: 'limit', ...change });
const times = (type: Parameters<typeof timesFor>[1]) => timesFor(table, type).map(({ timeInForce }) => timeInForce);

describe('what can be chosen', () => {
  it('is what goes with the type', () => {
    expect(times('market')).toEqual(['day', 'gtc', 'ioc', 'fok', 'opg', 'cls']);
    expect(times('stop')).toEqual(['day', 'gtc']);
    expect(canHave(table, 'limit', { hours: 'extended' })).toBe(true);
    expect(canHave(table, 'market', { hours: 'extended' })).toBe(false);
    expect(canHave(table, 'trailing_stop', { exits: 'both' })).toBe(false);
  });

  it('and why something else is not', () => {
    expect(againstExtendedHours(table, limit())).toBeNull();
    expect(againstExtendedHours(table, limit({ duration: 'ioc' }))).toBe('extended_hours_need_limit_day');
    expect(againstExtendedHours(table, limit({ bracket: true }))).toBe('bracket_time_in_force');
    expect(againstBracket(table, limit())).toBeNull();
    expect(againstBracket(table, limit({ extendedHours: true }))).toBe('bracket_time_in_force');
    expect(againstBracket(table, limit({ duration: 'cls' }))).toBe('bracket_time_in_force');
  });

  it('is put back when it does not go with a new choice', () => {
    const chosen = limit({ duration: 'ioc' });
    expect(settled(table, chosen)).toEqual(chosen);
    expect(settled(table, { ...chosen, type: 'stop' })).toMatchObject({ type: 'stop', duration: 'day' });
    expect(settled(table, draft({ extendedHours: true }))).toMatchObject({ extendedHours: false });
    expect(settled(table, limit({ extendedHours: true, duration: 'fok' }))).toMatchObject({ extendedHours: false });
    expect(settled(table, draft({ type: 'trailing_stop', bracket: true }))).toMatchObject({ bracket: false });
    expect(settled(table, limit({ bracket: true, extendedHours: true }))).toMatchObject({
      bracket: false,
      extendedHours: true,
    });
  });
});

it('steps of prices hold from a price on', () => {
  expect(['0.5', '0.9999', '1', '187'].map((price) => priceStep(table, price))).toEqual([
    '0.0001',
    '0.0001',
    '0.01',
    '0.01',
  ]);
});

it('windows close on weekdays, in New York’s time', () => {
  const at = (now: string) => closedWindow(table, 'cls', now);
  expect(at('2026-03-02T20:49:59Z')).toBeNull();
  expect(at('2026-03-02T20:50:00Z')).toBe('closing_order_window');
  expect(at('2026-07-01T19:50:00Z')).toBe('closing_order_window');
  expect(at('2026-03-03T00:00:00Z')).toBeNull();
  expect(at('2026-03-01T20:50:00Z')).toBeNull();
  expect(closedWindow(table, 'day', '2026-03-02T20:50:00Z')).toBeNull();
});
