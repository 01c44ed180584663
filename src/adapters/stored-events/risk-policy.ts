/** The stored shapes of the events of the risk engine. */
import { z } from 'zod';
import type * as Risk from '../../domain/risk-policy/events.ts';
import { breaches, inputs, withRiskInputs } from './assessment.ts';
import { channel, side, terms, ticket } from './order.ts';
import { day, decimal, shapeOf, time } from './shape.ts';
import type { Shapes, Upcaster } from './shape.ts';

const text = z.string();

/** The first version was about all that was found of an order. */
const withEveryCause: Upcaster = (data) => {
  const { orderId, symbol, ...by } = data as Omit<Risk.OverfillCleared['data'], 'cause'>;
  return { orderId, symbol, cause: null, ...by };
};

export const RISK_SHAPES: Shapes<Risk.RiskEvent> = {
  OrderAdmitted: shapeOf<Risk.OrderAdmitted>()(
    z.strictObject({ ticket, channel, inputs, admittedAt: time }),
    withRiskInputs,
  ),
  OrderDenied: shapeOf<Risk.OrderDenied>()(
    z.strictObject({ ticket, channel, breaches, inputs, deniedAt: time }),
    withRiskInputs,
  ),
  ReplacementAdmitted: shapeOf<Risk.ReplacementAdmitted>()(
    z.strictObject({ orderId: text, revision: z.int(), terms, inputs, admittedAt: time }),
    withRiskInputs,
  ),
  ReplacementDenied: shapeOf<Risk.ReplacementDenied>()(
    z.strictObject({ orderId: text, revision: z.int(), terms, breaches, inputs, deniedAt: time }),
    withRiskInputs,
  ),
  FillBooked: shapeOf<Risk.FillBooked>()(
    z.strictObject({
      orderId: text,
      executionKey: text,
      symbol: text,
      side,
      quantity: decimal,
      price: decimal,
      realized: decimal,
      tradingDay: day,
    }),
  ),
  ReservationReleased: shapeOf<Risk.ReservationReleased>()(z.strictObject({ orderId: text, outcome: text })),
  ReservationAdjusted: shapeOf<Risk.ReservationAdjusted>()(
    z.strictObject({ orderId: text, symbol: text, side, quantity: decimal }),
  ),
  OpeningPositionsRecorded: shapeOf<Risk.OpeningPositionsRecorded>()(
    z.strictObject({
      positions: z.array(z.strictObject({ symbol: text, quantity: decimal, averagePrice: decimal })).readonly(),
      recordedAt: time,
    }),
  ),
  RepeatedExecutionTripped: shapeOf<Risk.RepeatedExecutionTripped>()(
    z.strictObject({
      orderId: text,
      symbol: text,
      side,
      orders: z.int(),
      withinSeconds: z.number(),
      trippedAt: time,
    }),
  ),
  RepeatedExecutionCleared: shapeOf<Risk.RepeatedExecutionCleared>()(
    z.strictObject({ clearedBy: text, clearedAt: time }),
  ),
  RiskProfileChosen: shapeOf<Risk.RiskProfileChosen>()(
    z.strictObject({
      tolerance: z.enum(['cautious', 'balanced', 'bold']),
      experience: z.enum(['new', 'some', 'experienced']),
      chosenAt: time,
    }),
  ),
  LimitsTightened: shapeOf<Risk.LimitsTightened>()(
    z.strictObject({
      limits: z.strictObject({
        largestOrderValue: decimal.nullable(),
        largestOrderQuantity: decimal.nullable(),
        largestPositionValue: decimal.nullable(),
        largestExposure: decimal.nullable(),
        mostOpenOrders: z.int().nullable(),
        dailyLoss: decimal.nullable(),
        mostOrdersInTenSeconds: z.int().nullable(),
        shortSelling: z.literal(false).nullable(),
        protectionRequired: z.literal(true).nullable(),
      }),
      tightenedAt: time,
    }),
  ),
  PositionMismatchFound: shapeOf<Risk.PositionMismatchFound>()(
    z.strictObject({ symbol: text, ours: decimal, brokers: decimal, foundAt: time }),
  ),
  PositionMismatchResolved: shapeOf<Risk.PositionMismatchResolved>()(
    z.strictObject({ symbol: text, quantity: decimal, resolvedAt: time }),
  ),
  BrokerPositionAdopted: shapeOf<Risk.BrokerPositionAdopted>()(
    z.strictObject({
      symbol: text,
      quantity: decimal,
      averagePrice: decimal,
      previous: decimal,
      adoptedBy: text,
      adoptedAt: time,
    }),
  ),
  FillReversed: shapeOf<Risk.FillReversed>()(
    z.strictObject({
      orderId: text,
      executionKey: text,
      symbol: text,
      side,
      quantity: decimal,
      price: decimal,
      closedLots: z.array(z.strictObject({ quantity: decimal, price: decimal, orderId: text.nullable() })).readonly(),
      realized: decimal,
      executed: decimal,
      tradingDay: day,
      reason: z.enum(['busted', 'corrected']),
    }),
  ),
  OverfillFound: shapeOf<Risk.OverfillFound>()(
    z.strictObject({
      orderId: text,
      symbol: text,
      cause: z.enum(['order', 'exits']),
      excess: decimal,
      foundAt: time,
    }),
  ),
  OverfillCleared: shapeOf<Risk.OverfillCleared>()(
    z.strictObject({
      orderId: text,
      symbol: text,
      cause: z.enum(['order', 'exits']).nullable(),
      clearedBy: text,
      clearedAt: time,
    }),
    withEveryCause,
  ),
};
