import { z } from 'zod';
import { placeOrderForm } from '../../../../contracts/broker-api.ts';

const KEY = 'tradsy.unanswered-order';

const unansweredOrder = z.object({ accountId: z.string(), requestId: z.string(), form: placeOrderForm });

/** An order that was sent, or was about to be, and has no answer yet. Sent again under its id it is still one order. */
export type UnansweredOrder = z.infer<typeof unansweredOrder>;

/** Where it is kept: for this tab, across reloads. */
export type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function keepUnanswered(kept: Kept, order: UnansweredOrder): void {
  kept.setItem(KEY, JSON.stringify(order));
}

export function forgetUnanswered(kept: Kept): void {
  kept.removeItem(KEY);
}

/** The unanswered order of this account, if there is one. */
export function readUnanswered(kept: Kept, accountId: string): UnansweredOrder | null {
  const text = kept.getItem(KEY);
  if (text === null) return null;
  try {
    const order = unansweredOrder.parse(JSON.parse(text));
    return order.accountId === accountId ? order : null;
  } catch {
    return null;
  }
}
