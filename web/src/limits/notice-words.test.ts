import { describe, expect, it } from 'vitest';
import { overfillWords, repeatedWords } from './notice-words.ts';

const overfill = { orderId: 'o', symbol: 'AAPL', cause: 'order', excess: '2' } as const;

describe('what holds orders back, in words', () => {
  it('is true of a purchase and of a sale, and says whose positions it is about', () => {
    const words = overfillWords(overfill);
    expect(words.title).toBe('2 shares of AAPL more than ordered');
    expect(words.until).toBe('Until you have looked, your positions can only be made smaller.');
    expect(words.what).not.toMatch(/bought|sold|in your account/);
    expect(overfillWords({ ...overfill, excess: '1' }).title).toBe('1 share of AAPL more than ordered');
  });

  it('says of exits that they executed more than their order, and not that both did', () => {
    const words = overfillWords({ ...overfill, cause: 'exits', excess: '1200.5' });
    expect(words.title).toBe('Exits executed 1,200.5 shares of AAPL more than their order');
    expect(words.until).toBe('Until you have looked, positions in AAPL can only be made smaller.');
    expect(words.what).not.toContain('oth exits');
  });

  it('promises of no order that it is taken, since something else may stand against it', () => {
    const repeated = repeatedWords({ symbol: 'AAPL', side: 'buy', trippedAt: '2026-03-02T15:00:00.000Z' });
    expect(repeated.title).toBe('Too many buy orders in AAPL');
    for (const { done } of [repeated, overfillWords(overfill)]) {
      expect(`${done.title} ${done.detail}`).not.toMatch(/taken|allowed|admitted/);
    }
  });
});
