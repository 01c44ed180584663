import { describe, expect, it } from 'vitest';
import { add, compare, divide, fromNumber, isDecimal, isMultipleOf, multiply, round, subtract } from './decimal.ts';

describe('decimal', () => {
  it('adds, subtracts and multiplies exactly where floats do not', () => {
    expect(add('0.1', '0.2')).toBe('0.3');
    expect(subtract('0.3', '0.1')).toBe('0.2');
    expect(subtract('1', '1.005')).toBe('-0.005');
    expect(multiply('0.1', '3')).toBe('0.3');
    expect(multiply('123456789012.123456789', '10')).toBe('1234567890121.234567890');
  });

  it('rounds and divides half away from zero on both sides of it', () => {
    expect(round('1.005', 2)).toBe('1.01');
    expect(round('-1.005', 2)).toBe('-1.01');
    expect(round('7', 2)).toBe('7.00');
    expect(divide('1', '3', 4)).toBe('0.3333');
    expect(divide('-2', '3', 2)).toBe('-0.67');
    expect(() => divide('1', '0.00', 2)).toThrow(RangeError);
  });

  it('compares by value and knows whole steps', () => {
    expect(compare('1.10', '1.1')).toBe(0);
    expect(compare('-2', '1')).toBe(-1);
    expect(isMultipleOf('187.25', '0.01')).toBe(true);
    expect(isMultipleOf('187.255', '0.01')).toBe(false);
  });

  it('takes plain decimals only', () => {
    expect(['1', '-0.5', '10.25'].every(isDecimal)).toBe(true);
    expect(['', '1e3', '.5', '5.', '1,000', ' 1', 'NaN'].some(isDecimal)).toBe(false);
    expect(fromNumber(0.000001)).toBe('0.000001');
    expect(fromNumber(1e-10)).toBe('0');
  });
});
