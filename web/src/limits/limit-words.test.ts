import { describe, expect, it } from 'vitest';
import { tightenLimits } from '../../../contracts/risk.ts';
import { LIMIT_TABLES } from '../../../src/domain/risk-policy/limit-tables.ts';
import { limitsFor, LIMIT_NAMES } from '../../../src/domain/risk-policy/limits.ts';
import { canTighten, changeOf, figureError, houseRules, isSwitch, labelOf, LIMITS, limitText } from './limit-words.ts';

const limits = limitsFor({ tolerance: 'balanced', experience: 'new', plan: 'free' }, '2026-03-02', LIMIT_TABLES);
const limit = (name: string) => {
  const found = LIMITS.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe('the limits in words', () => {
  it('are those that a trader can make tighter, each with a change that the server takes', () => {
    expect(LIMITS.map(({ name }) => name).toSorted()).toEqual(Object.keys(tightenLimits.shape).toSorted());
    for (const each of LIMITS) expect(tightenLimits.safeParse(changeOf(each, '3')).success, each.name).toBe(true);
  });

  it('have a name each, the others too', () => {
    for (const name of LIMIT_NAMES) expect(labelOf(name)).not.toBe(name);
    expect(LIMITS.length + houseRules(limits).length).toBe(LIMIT_NAMES.length);
  });

  it('are read with their unit', () => {
    expect(LIMITS.map((each) => limitText(each, limits))).toEqual([
      '$50,000.00',
      '10,000',
      '$100,000.00',
      '$250,000.00',
      '50',
      '$2,500.00',
      '10',
      'Allowed',
      'No',
    ]);
    expect(limitText(limit('largestExposure'), { ...limits, largestExposure: null })).toBe('No limit');
  });

  it('can be made tighter while there is something tighter', () => {
    const strict = { ...limits, shortSelling: false, protectionRequired: true };
    expect(LIMITS.filter((each) => !canTighten(each, strict)).map(({ name }) => name)).toEqual([
      'shortSelling',
      'protectionRequired',
    ]);
    expect(LIMITS.every((each) => canTighten(each, limits))).toBe(true);
    expect(LIMITS.filter(({ name }) => isSwitch(name)).map((each) => changeOf(each, ''))).toEqual([
      { shortSelling: false },
      { protectionRequired: true },
    ]);
  });

  it.each([
    ['dailyLoss', '2499.99', null],
    ['dailyLoss', '2500', 'Enter less than $2,500.00'],
    ['dailyLoss', '0.01', null],
    ['dailyLoss', '2000.500', null],
    ['dailyLoss', '0.004', 'Enter whole cents, such as 0.25'],
    ['largestOrderValue', '1000.001', 'Enter whole cents, such as 0.25'],
    ['largestOrderQuantity', '0.004', null],
    ['dailyLoss', '', 'Enter a number greater than 0'],
    ['dailyLoss', '-5', 'Enter a number greater than 0'],
    ['mostOpenOrders', '1.5', 'Enter a whole number'],
    ['mostOpenOrders', '3', null],
  ])('%s of %s: %s', (name, typed, error) => {
    expect(figureError(limit(name), typed, limits)).toBe(error);
  });
});
