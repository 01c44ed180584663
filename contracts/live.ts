import { z } from 'zod';
import { accountState, brokerExecution, brokerOrder, brokerPosition } from './broker-api.ts';
import { halts } from './halts.ts';
import { bar, marketClock, quote } from './market.ts';
import { symbolText } from './text.ts';

/** Up to 20 symbols, comma between them, whose quotes and newest minute bars are wanted besides those of open positions. */
export const liveQuery = z.object({
  symbols: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(symbolText).max(20)),
});

/**
 * What the live stream says: `text/event-stream`, each message one JSON object in `data`. A connection begins with one
 * `snapshot`; after it, whatever changed. `heartbeat` comes at least every 15 seconds. A client that
 * reconnects gets a new snapshot, so nothing can be missed.
 */
export const liveMessage = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('snapshot'),
      orders: z.array(brokerOrder),
      positions: z.array(brokerPosition),
      state: accountState,
      clock: marketClock,
    }),
    z.object({ type: z.literal('order'), order: brokerOrder }),
    z.object({ type: z.literal('execution'), execution: brokerExecution }),
    z.object({ type: z.literal('positions'), positions: z.array(brokerPosition), state: accountState }),
    z.object({ type: z.literal('quote'), quote }),
    z.object({ type: z.literal('bar'), symbol: symbolText, bar }),
    /** After the snapshot, and whenever a halt that one may see has begun, moved on or ended: all that stand. */
    halts.extend({ type: z.literal('halts') }),
    z.object({ type: z.literal('heartbeat'), clock: marketClock }),
  ])
  .meta({ id: 'LiveMessage' });
export type LiveMessage = z.infer<typeof liveMessage>;
