/** The stored shapes of the events of orders. */
import { z } from 'zod';
import type * as Order from '../../domain/order/events.ts';
import type * as Executions from '../../domain/order/execution-events.ts';
import type * as Exits from '../../domain/order/exit-events.ts';
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

const counted = z.strictObject({ quantity: decimal, price: decimal });

const execution = z.strictObject({
  brokerOrderId: text,
  executionId: text.nullable(),
  recordId: text.nullable(),
  quantity: decimal,
  price: decimal,
  cumulativeQuantity: decimal,
  executedAt: time,
});

const fill = z.strictObject({
  execution,
  repeat: z.int(),
  counted,
  filledQuantity: decimal,
  leavesQuantity: decimal,
  late: z.boolean(),
});

/**
 * Version 1 had one name for an execution, whichever way it was learnt: Alpaca's records name it by a time, two colons and
 * a UUID. No execution was busted or corrected then, and none had the cumulative quantity of another.
 */
function fillFromVersion1(data: unknown): unknown {
  const { execution, filledQuantity, leavesQuantity, late } = data as {
    readonly execution: Readonly<Record<string, unknown>>;
    readonly [member: string]: unknown;
  };
  const { brokerOrderId, executionId: name, quantity, price, cumulativeQuantity, executedAt } = execution;
  const isOfRecords = typeof name === 'string' && name.includes('::');
  return {
    execution: {
      brokerOrderId,
      executionId: isOfRecords ? null : name,
      recordId: isOfRecords ? name.slice(name.lastIndexOf('::') + 2) : null,
      quantity,
      price,
      cumulativeQuantity,
      executedAt,
    },
    repeat: 0,
    counted: { quantity, price },
    filledQuantity,
    leavesQuantity,
    late,
  };
}

const place = { brokerOrderId: text, cumulativeQuantity: decimal, repeat: z.int() };
const recount = z.strictObject({ ...place, before: counted, after: counted });
const amended = {
  brokerOrderId: text,
  executionId: text,
  brokerFilledQuantity: decimal,
  recount: recount.nullable(),
  filledQuantity: decimal,
  late: z.boolean(),
  reason: text.nullable(),
};
const exitRole = z.enum(['take_profit', 'stop_loss']);

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
  OrderPartiallyFilled: shapeOf<Order.OrderPartiallyFilled>()(fill, fillFromVersion1),
  OrderFilled: shapeOf<Order.OrderFilled>()(fill, fillFromVersion1),
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
  ExecutionBusted: shapeOf<Order.ExecutionBusted>()(
    z.strictObject({ ...amended, bustId: text.nullable(), bustedAt: time }),
  ),
  ExecutionCorrected: shapeOf<Order.ExecutionCorrected>()(
    z.strictObject({ ...amended, correctedId: text, corrected: counted, correctedAt: time }),
  ),
  ExecutionHeldBack: shapeOf<Executions.ExecutionHeldBack>()(z.strictObject({ execution })),
  ExecutionIdentified: shapeOf<Executions.ExecutionIdentified>()(
    z.strictObject({
      ...place,
      executionId: text.nullable(),
      recordId: text.nullable(),
      recount: recount.nullable(),
      filledQuantity: decimal,
      late: z.boolean(),
    }),
  ),
  ExecutionsConfirmed: shapeOf<Executions.ExecutionsConfirmed>()(
    z.strictObject({
      brokerOrderId: text,
      brokerFilledQuantity: decimal,
      standingQuantity: decimal,
      confirmedAt: time,
    }),
  ),
  OrderCompleted: shapeOf<Order.OrderCompleted>()(z.strictObject({ filledQuantity: decimal, completedAt: time })),
  ChainExceeded: shapeOf<Order.ChainExceeded>()(
    z.strictObject({ brokerOrderId: text, orderedQuantity: decimal, possibleQuantity: decimal, foundAt: time }),
  ),
  OrderRestated: shapeOf<Order.OrderRestated>()(
    z.strictObject({ brokerOrderId: text, before: decimal, quantity: decimal, restatedAt: time }),
  ),
  ExitLinked: shapeOf<Exits.ExitLinked>()(z.strictObject({ exitOrderId: text, role: exitRole })),
  ExitActivated: shapeOf<Exits.ExitActivated>()(z.strictObject({ activatedAt: time })),
  ProtectionMissing: shapeOf<Exits.ProtectionMissing>()(
    z.strictObject({ since: time, openQuantity: decimal, protectedQuantity: decimal, bareQuantity: decimal }),
  ),
  ProtectionRestored: shapeOf<Exits.ProtectionRestored>()(
    z.strictObject({ openQuantity: decimal, protectedQuantity: decimal, restoredAt: time }),
  ),
};
