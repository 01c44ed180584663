/** The stored shapes of the events of the risk engine. */
import { z } from 'zod';
import type * as Risk from '../../domain/risk-policy/events.ts';
import { channel, side, terms, ticket } from './order.ts';
import { day, decimal, shapeOf, time } from './shape.ts';
import type { Shapes } from './shape.ts';

const text = z.string();

const breaches = z
  .array(
    z.strictObject({
      rule: z.enum([
        'disclaimer',
        'terms',
        'broker_link',
        'trades_left',
        'largest_order_value',
        'largest_order_quantity',
        'largest_position',
        'daily_loss',
        'price_collar',
        'fresh_quote',
      ]),
      limit: text.nullable(),
      actual: text.nullable(),
      unit: z.enum(['USD', 'shares', 'percent', 'seconds', 'trades']).nullable(),
    }),
  )
  .readonly();

const inputs = z.strictObject({
  marketTime: time,
  marketOpen: z.boolean(),
  tradingDay: day,
  quote: z.strictObject({ bid: decimal, ask: decimal, at: time }).nullable(),
  tradesIncluded: z.int().nullable(),
  missing: z.array(z.enum(['disclaimer', 'terms', 'broker_link'])).readonly(),
  limits: z.strictObject({
    effectiveFrom: day,
    largestOrderValue: decimal,
    largestOrderQuantity: decimal,
    largestPositionValue: decimal,
    dailyLoss: decimal,
    collarAggressivePercent: decimal,
    collarPassivePercent: decimal,
    collarStopPercent: decimal,
    quoteAgeSeconds: z.number(),
  }),
});

export const RISK_SHAPES: Shapes<Risk.RiskEvent> = {
  OrderAdmitted: shapeOf<Risk.OrderAdmitted>()(z.strictObject({ ticket, channel, inputs, admittedAt: time })),
  OrderDenied: shapeOf<Risk.OrderDenied>()(z.strictObject({ ticket, channel, breaches, inputs, deniedAt: time })),
  ReplacementAdmitted: shapeOf<Risk.ReplacementAdmitted>()(
    z.strictObject({ orderId: text, revision: z.int(), terms, inputs, admittedAt: time }),
  ),
  ReplacementDenied: shapeOf<Risk.ReplacementDenied>()(
    z.strictObject({ orderId: text, revision: z.int(), terms, breaches, inputs, deniedAt: time }),
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
};
