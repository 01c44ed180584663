import { describe, expect, it } from 'vitest';
import {
  direction,
  formatMoney,
  formatPercentChange,
  formatPrice,
  formatQuantity,
  formatSignedMoney,
  formatVolume,
} from './format.ts';

describe('format', () => {
  it('shows prices with two to four digits, rounded from the exact text', () => {
    expect(formatPrice('187.2')).toBe('187.20');
    expect(formatPrice('0.12345')).toBe('0.1235');
    expect(formatPrice('1234567.005')).toBe('1,234,567.005');
  });

  it('puts the sign before the currency and none on zero', () => {
    expect(formatMoney('-1234.5')).toBe('−$1,234.50');
    expect(formatSignedMoney(12.345)).toBe('+$12.35');
    expect(formatSignedMoney('-0.001')).toBe('$0.00');
    expect(formatSignedMoney('0.001')).toBe('$0.00');
  });

  it('keeps fractions of shares and shortens volume', () => {
    expect(formatQuantity(0.000001)).toBe('0.000001');
    expect(formatQuantity('10.500')).toBe('10.5');
    expect(formatVolume(1_234_567)).toBe('1.23M');
    expect(formatVolume(950)).toBe('950');
  });

  it('names the change in percent and its direction', () => {
    expect(formatPercentChange('200', '199')).toBe('−0.50%');
    expect(formatPercentChange('100', '100.25')).toBe('+0.25%');
    expect(formatPercentChange('0', '1')).toBeNull();
    expect([direction('0.00'), direction(-0.5), direction('3')]).toEqual(['flat', 'down', 'up']);
  });
});
