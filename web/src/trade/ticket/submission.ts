import type { PlaceOrderForm } from '../../../../contracts/broker-api.ts';
import type { Refusal } from '../../api/broker-api.ts';
import { ApiFailure, describeFailure } from '../../api/failure.ts';
import { forgetUnanswered, keepUnanswered, type Kept, type UnansweredOrder } from './unanswered-order.ts';

/** How an order went. `unanswered`: nobody knows whether it arrived; it must be sent again under its id or given up. */
export type Outcome =
  | { kind: 'placed'; orderId: string; form: PlaceOrderForm }
  | { kind: 'refused'; refusal: Refusal; form: PlaceOrderForm }
  | { kind: 'unanswered'; order: UnansweredOrder; reason: string };

type Place = (
  accountId: string,
  requestId: string,
  form: PlaceOrderForm,
) => Promise<{ placed: true; orderId: string } | { placed: false; refusal: Refusal }>;

/** Refusals that say nothing about whether the order was taken, or that the same order may pass a moment later. */
const INCONCLUSIVE: ReadonlySet<string> = new Set(['internal', 'unavailable', 'too_many_requests', 'unauthenticated']);

/** Whether all that stands against an order is that it is like the last one: then the trader may say that it is meant. */
export const asksWhetherMeant = ({ breaches = [] }: Refusal): boolean =>
  breaches.length > 0 && breaches.every(({ rule }) => rule === 'duplicate_order');

/**
 * Sends an order. Its id is kept before the first byte leaves and until a clear answer is there, so that neither a
 * second press, a retry nor a reload can make two orders of it.
 */
export async function submitOrder(kept: Kept, order: UnansweredOrder, place: Place): Promise<Outcome> {
  keepUnanswered(kept, order);
  try {
    const answer = await place(order.accountId, order.requestId, order.form);
    if (!answer.placed && INCONCLUSIVE.has(answer.refusal.code)) {
      return { kind: 'unanswered', order, reason: answer.refusal.message };
    }
    forgetUnanswered(kept);
    return answer.placed
      ? { kind: 'placed', orderId: answer.orderId, form: order.form }
      : { kind: 'refused', refusal: answer.refusal, form: order.form };
  } catch (thrown) {
    const problem = thrown instanceof ApiFailure ? thrown.problem : null;
    if (problem === null || INCONCLUSIVE.has(problem.code)) {
      return { kind: 'unanswered', order, reason: describeFailure(thrown) };
    }
    forgetUnanswered(kept);
    return { kind: 'refused', refusal: { code: problem.code, message: problem.detail }, form: order.form };
  }
}
