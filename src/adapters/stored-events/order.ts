/** The stored shapes of the events of orders. */
import { z } from 'zod';
import type * as Order from '../../domain/order/events.ts';
import { decimal, shapeOf, time } from './shape.ts';
import type { Shapes } from './shape.ts';

const text = z.string();

export const side = z.enum(['buy', 'sell']);
export const channel = z.enum(['broker-api', 'demo', 'kill-switch']);

const termsMembers = {
  quantity: decimal,
  limitPrice: decimal.nullable(),
  stopPrice: decimal.nullable(),
  timeInForce: z.enum(['day', 'gtc', 'ioc', 'fok', 'opg', 'cls']),
};

export const terms = z.strictObject(termsMembers);

export const ticket = z.strictObject({
  ...termsMembers,
  orderId: text,
  accountId: text,
  symbol: text,
  side,
  type: z.enum(['market', 'limit', 'stop', 'stop_limit', 'trailing_stop']),
  trailPrice: decimal.nullable(),
  extendedHours: z.boolean(),
  takeProfit: decimal.nullable(),
  stopLoss: decimal.nullable(),
});

const fill = z.strictObject({
  execution: z.strictObject({
    brokerOrderId: text,
    executionId: text.nullable(),
    quantity: decimal,
    price: decimal,
    cumulativeQuantity: decimal,
    executedAt: time,
  }),
  filledQuantity: decimal,
  leavesQuantity: decimal,
  late: z.boolean(),
});

const reasonAt = z.strictObject({ reason: text, at: time });

export const ORDER_SHAPES: Shapes<Order.OrderEvent> = {
  OrderPlaced: shapeOf<Order.OrderPlaced>()(z.strictObject({ ticket, channel, placedAt: time })),
  OrderObserved: shapeOf<Order.OrderObserved>()(
    z.strictObject({
      ticket,
      brokerOrderId: text,
      parentOrderId: text.nullable(),
      role: z.enum(['take_profit', 'stop_loss', 'external']),
      observedAt: time,
    }),
  ),
  OrderRecovered: shapeOf<Order.OrderRecovered>()(
    z.strictObject({ ticket, brokerOrderId: text, clientOrderId: text, recoveredAt: time }),
  ),
  BracketLinked: shapeOf<Order.BracketLinked>()(
    z.strictObject({ parentOrderId: text, role: z.enum(['take_profit', 'stop_loss']) }),
  ),
  SubmissionDelayed: shapeOf<Order.SubmissionDelayed>()(z.strictObject({ reason: text, since: time })),
  SubmissionClaimed: shapeOf<Order.SubmissionClaimed>()(
    z.strictObject({ claimId: text, attempt: z.int(), claimedAt: time }),
  ),
  SubmissionFailed: shapeOf<Order.SubmissionFailed>()(z.strictObject({ reason: text, failedAt: time })),
  SubmissionUnconfirmed: shapeOf<Order.SubmissionUnconfirmed>()(z.strictObject({ reason: text, since: time })),
  OrderAcknowledged: shapeOf<Order.OrderAcknowledged>()(z.strictObject({ brokerOrderId: text, acknowledgedAt: time })),
  OrderRejected: shapeOf<Order.OrderRejected>()(
    z.strictObject({ code: text.nullable(), reason: text, rejectedAt: time }),
  ),
  OrderNotSent: shapeOf<Order.OrderNotSent>()(reasonAt),
  OrderNotReceived: shapeOf<Order.OrderNotReceived>()(reasonAt),
  OrderPartiallyFilled: shapeOf<Order.OrderPartiallyFilled>()(fill),
  OrderFilled: shapeOf<Order.OrderFilled>()(fill),
  CancelRequested: shapeOf<Order.CancelRequested>()(z.strictObject({ requestedAt: time })),
  CancelRefused: shapeOf<Order.CancelRefused>()(reasonAt),
  OrderCancelled: shapeOf<Order.OrderCancelled>()(
    z.strictObject({ filledQuantity: decimal, reason: text.nullable(), cancelledAt: time }),
  ),
  OrderExpired: shapeOf<Order.OrderExpired>()(z.strictObject({ filledQuantity: decimal, expiredAt: time })),
  ReplaceRequested: shapeOf<Order.ReplaceRequested>()(z.strictObject({ revision: z.int(), terms, requestedAt: time })),
  OrderReplaced: shapeOf<Order.OrderReplaced>()(
    z.strictObject({ revision: z.int(), terms, brokerOrderId: text, replacedAt: time }),
  ),
  ReplaceRefused: shapeOf<Order.ReplaceRefused>()(z.strictObject({ revision: z.int(), reason: text, at: time })),
  BrokerMessageRecorded: shapeOf<Order.BrokerMessageRecorded>()(
    z.strictObject({ raw: text, problem: text, receivedAt: time }),
  ),
};
