import { z } from 'zod';
import { breach } from './problem.ts';
import { instantText, symbolText, uuidText } from './text.ts';

/** One recorded event of an order's life, as stored, with a sentence for people. */
export const storyEvent = z
  .object({
    id: uuidText,
    stream: z.string(),
    revision: z.int(),
    type: z.string(),
    at: instantText,
    actor: z.object({ kind: z.enum(['user', 'broker', 'system']), id: z.string() }),
    correlationId: z.string(),
    causationId: z.string().nullable(),
    /** What happened, in words. */
    sentence: z.string(),
    /** The event's data, to the letter. */
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'StoryEvent' });
export type StoryEvent = z.infer<typeof storyEvent>;

export const orderOutcome = z
  .enum([
    'placing',
    'unconfirmed',
    'working',
    'filled',
    'cancelled',
    'expired',
    'rejected',
    'denied',
    'not_received',
    'not_sent',
    'replaced',
  ])
  .meta({ id: 'OrderOutcome' });
export type OrderOutcome = z.infer<typeof orderOutcome>;

/** Everything the event store knows of one order, in the order in which it was recorded. */
export const orderStory = z
  .object({
    orderId: uuidText,
    accountId: uuidText,
    symbol: symbolText,
    outcome: orderOutcome,
    /** The order in words, such as "Buy 10 AAPL at market, day". */
    summary: z.string(),
    /** Empty unless the order was denied. */
    breaches: z.array(breach),
    events: z.array(storyEvent),
  })
  .meta({ id: 'OrderStory' });
export type OrderStory = z.infer<typeof orderStory>;
