import { describe, expect, it } from 'vitest';
import type { PlaceOrderForm } from '../../../../contracts/broker-api.ts';
import { ApiFailure } from '../../api/failure.ts';
import { asksWhetherMeant, submitOrder } from './submission.ts';
import { readUnanswered, type Kept } from './unanswered-order.ts';

function memory(): Kept {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

const form: PlaceOrderForm = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '10', durationType: 'day' };
const order = { accountId: 'a', requestId: 'r-1', form };

describe('submitting an order', () => {
  it('keeps the request id before it sends, and forgets it with the answer', async () => {
    const kept = memory();
    const outcome = await submitOrder(kept, order, async (_account, requestId) => {
      expect(readUnanswered(kept, 'a')).toEqual(order);
      return { placed: true, orderId: `for ${requestId}` };
    });
    expect(outcome).toEqual({ kind: 'placed', orderId: 'for r-1', form });
    expect(readUnanswered(kept, 'a')).toBeNull();
  });

  it('forgets it after a clear refusal', async () => {
    const kept = memory();
    const refusal = { code: 'denied' as const, message: 'no', breaches: [] };
    expect(await submitOrder(kept, order, async () => ({ placed: false, refusal }))).toMatchObject({ kind: 'refused' });
    expect(readUnanswered(kept, 'a')).toBeNull();
  });

  it('keeps the same id when the answer is lost or says nothing', async () => {
    const lost = async (): Promise<never> => {
      throw new ApiFailure('unreachable');
    };
    const vague = async () => ({ placed: false as const, refusal: { code: 'internal' as const, message: 'oops' } });
    for (const place of [lost, vague]) {
      const kept = memory();
      expect(await submitOrder(kept, order, place)).toMatchObject({ kind: 'unanswered', order });
      expect(readUnanswered(kept, 'a')?.requestId).toBe('r-1');
    }
  });

  it('never offers the order of another account', async () => {
    const kept = memory();
    await submitOrder(kept, order, async () => {
      throw new ApiFailure('timeout');
    });
    expect(readUnanswered(kept, 'b')).toBeNull();
  });
});

describe('an order like the last one', () => {
  const breach = (rule: 'duplicate_order' | 'price_collar') => ({
    rule,
    limit: null,
    actual: null,
    unit: null,
    message: rule,
  });
  const refusal = (...rules: ('duplicate_order' | 'price_collar')[]) => ({
    code: 'denied' as const,
    message: 'no',
    breaches: rules.map(breach),
  });

  it('is asked about when nothing else stands against it', () => {
    expect(asksWhetherMeant(refusal('duplicate_order'))).toBe(true);
    expect(asksWhetherMeant(refusal('duplicate_order', 'price_collar'))).toBe(false);
    expect(asksWhetherMeant(refusal())).toBe(false);
    expect(asksWhetherMeant({ code: 'denied', message: 'no' })).toBe(false);
  });
});
