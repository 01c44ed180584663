/** The stored shapes of the events of the kill switch. */
import { z } from 'zod';
import type * as Kill from '../../domain/risk-policy/kill-switch/events.ts';
import { day, decimal, shapeOf, time } from './shape.ts';
import type { Shapes } from './shape.ts';

const text = z.string();

const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everything') }),
  z.strictObject({ kind: z.literal('broker'), broker: z.literal('alpaca') }),
  z.strictObject({ kind: z.literal('symbol'), symbol: text }),
  z.strictObject({ kind: z.literal('strategy'), strategyId: text }),
  z.strictObject({ kind: z.literal('user'), userId: text }),
  z.strictObject({ kind: z.literal('account'), accountId: text, symbol: text.nullable() }),
]);

const party = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), userId: text }),
  z.strictObject({ kind: z.literal('operator'), userId: text }),
  z.strictObject({ kind: z.literal('command_line') }),
  z.strictObject({ kind: z.literal('trip'), trip: text }),
]);

const reason = z.strictObject({ code: text, text });

const report = z.strictObject({
  orders: z.array(text).readonly(),
  elsewhere: z.array(text).readonly(),
  closing: z.array(z.strictObject({ orderId: text, symbol: text, quantity: decimal })).readonly(),
  left: z
    .strictObject({
      orders: z.int(),
      unfinished: z.int(),
      positions: z.array(z.strictObject({ symbol: text, quantity: decimal })).readonly(),
    })
    .nullable(),
});

export const KILL_SWITCH_SHAPES: Shapes<Kill.KillSwitchEvent> = {
  TradingHalted: shapeOf<Kill.TradingHalted>()(
    z.strictObject({
      haltId: text,
      scope,
      level: z.enum(['halted', 'reducing']),
      reason,
      by: party,
      clearsItself: z.boolean(),
      until: day.nullable(),
      cancelOrders: z.boolean(),
      flatten: z.boolean(),
      haltedAt: time,
    }),
  ),
  HaltRenewed: shapeOf<Kill.HaltRenewed>()(
    z.strictObject({
      haltId: text,
      by: party,
      reason,
      cancelOrders: z.boolean(),
      flatten: z.boolean(),
      renewedAt: time,
    }),
  ),
  ReleaseApproved: shapeOf<Kill.ReleaseApproved>()(z.strictObject({ haltId: text, by: party, approvedAt: time })),
  TradingResumed: shapeOf<Kill.TradingResumed>()(
    z.strictObject({ haltId: text, by: party, approvedBy: party.nullable(), resumedAt: time }),
  ),
  HaltUnderWay: shapeOf<Kill.HaltUnderWay>()(z.strictObject({ haltId: text, accounts: z.int(), at: time })),
  HaltReported: shapeOf<Kill.HaltReported>()(
    z.strictObject({
      haltId: text,
      accountId: text,
      stage: z.enum(['cancelling', 'flattening', 'waiting_for_open', 'overdue', 'done']),
      report,
      at: time,
    }),
  ),
  HaltCarriedOut: shapeOf<Kill.HaltCarriedOut>()(z.strictObject({ haltId: text, accounts: z.int(), at: time })),
  OperatorAppointed: shapeOf<Kill.OperatorAppointed>()(z.strictObject({ userId: text, appointedAt: time })),
  OperatorDismissed: shapeOf<Kill.OperatorDismissed>()(z.strictObject({ userId: text, dismissedAt: time })),
};
