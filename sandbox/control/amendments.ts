import { z } from 'zod';
import { type Dec, parseDec, text } from '../decimal.ts';
import { Refusal } from '../failure.ts';
import { amend } from '../matching/amend.ts';
import type { Execution, ExecutionAmendment, Order } from '../state/types.ts';
import type { ControlParts } from './parts.ts';

const amount = z
  .union([z.string(), z.number()])
  .transform((value) => parseDec(String(value)))
  .refine((value): value is Dec => value !== null && value > 0n, 'must be a positive number');

const common = {
  execution_id: z.string(),
  filled_qty: z.enum(['follows', 'stays']).default('follows'),
  reason: z.string().optional(),
};
const bustRequest = z.strictObject(common);
const correctRequest = z.strictObject({ ...common, qty: amount.optional(), price: amount.optional() });
const announceRequest = z.strictObject({
  order_id: z.string(),
  event: z.string().min(1),
  reason: z.string().optional(),
});

/** What a broker does to executions afterwards, and messages of any name; every one gives back the body of its answer. */
export function createAmendments({ desk }: ControlParts) {
  const { exchange } = desk;
  const { store } = exchange;

  function standingExecution(id: string): Execution {
    const execution = store.execution(id);
    if (!execution) throw new Refusal(404, { message: `there is no execution ${id}` });
    if (store.standing(execution).busted) throw new Refusal(422, { message: 'the execution is busted already' });
    return execution;
  }

  function told({ id, previousId, orderId, qty, price }: ExecutionAmendment) {
    const order = store.orders.get(orderId) as Order;
    return {
      order_id: orderId,
      execution_id: id,
      previous_execution_id: previousId,
      qty: text(qty),
      price: text(price),
      status: order.status,
      filled_qty: text(order.filledQty),
    };
  }

  return {
    /** Undoes an execution, long after its order has ended too. */
    bust: (body: unknown) => {
      const { execution_id: id, filled_qty: filledQty, reason = 'TRADE_BUST' } = bustRequest.parse(body);
      return told(amend(exchange, standingExecution(id), { corrected: null, filledQty, reason }));
    },

    /** Changes the quantity or the price of an execution. */
    correct: (body: unknown) => {
      const request = correctRequest.parse(body);
      const execution = standingExecution(request.execution_id);
      const { qty, price } = store.standing(execution);
      const corrected = { qty: request.qty ?? qty, price: request.price ?? price };
      const { filled_qty: filledQty, reason = 'TRADE_CORRECT' } = request;
      return told(amend(exchange, execution, { corrected, filledQty, reason }));
    },

    /** Sends an order event of any name, with the order as it stands. */
    announce: (body: unknown) => {
      const { order_id: id, event, reason } = announceRequest.parse(body);
      const order = store.orders.get(id);
      if (!order) throw new Refusal(404, { message: `there is no order ${id}` });
      exchange.announce(event, order, reason === undefined ? {} : { reason });
      return { order_id: order.id, event, status: order.status };
    },
  };
}
