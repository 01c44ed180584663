/** The messages of Alpaca's trading stream. */
import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { BrokerUpdate } from '../../application/ports/broker.ts';
import { readJson } from './own-words.ts';
import { readOrder } from './order-wire.ts';
import { decimal, maybe, problemOf, time } from './wire.ts';

export type Frame =
  | { readonly kind: 'authorized' | 'unauthorized' | 'listening' }
  /** The server did not do what it was asked. */
  | { readonly kind: 'complaint'; readonly reason: string }
  /** A single byte, sent by some servers to keep a connection open. */
  | { readonly kind: 'keep_alive' }
  | { readonly kind: 'updates'; readonly updates: readonly BrokerUpdate[] };

/** Alpaca: authenticates with an OAuth token; sent first. */
export const authenticate = (token: string): string =>
  JSON.stringify({ action: 'authenticate', data: { oauth_token: token } });

/** Alpaca: the list replaces whatever was listened to before. */
export const listen = (): string => JSON.stringify({ action: 'listen', data: { streams: ['trade_updates'] } });

const authorization = z.object({
  stream: z.literal('authorization'),
  data: z.object({ status: z.string(), action: z.string() }),
});
const listening = z.object({
  stream: z.literal('listening'),
  data: z.object({ streams: z.array(z.string()) }),
});
const complaint = z.object({ action: z.literal('error'), data: z.object({ error_message: z.string() }) });
const tradeUpdate = z.object({
  stream: z.literal('trade_updates'),
  data: z.object({ event: z.string(), order: z.unknown(), reason: maybe(z.string()) }),
});
/** What only a fill brings: price and quantity of this one execution. */
const fill = z.object({ execution_id: z.string().min(1), price: decimal, qty: decimal, timestamp: time });
const clientIdOf = z.object({ data: z.object({ order: z.object({ client_order_id: z.string() }) }) });

/** Alpaca: events after which the order in the message is all there is to know. */
const PLAIN_EVENTS: readonly string[] = [
  'accepted',
  'pending_new',
  'new',
  'held',
  'done_for_day',
  'pending_cancel',
  'canceled',
  'order_cancel_rejected',
  'pending_replace',
  'replaced',
  'order_replace_rejected',
  'expired',
  'rejected',
  'stopped',
  'suspended',
  'calculated',
];
const FILL_EVENTS: readonly string[] = ['fill', 'partial_fill'];

/** Reads one frame. Alpaca: paper accounts get JSON in binary frames, live ones in text frames. */
export function readFrame(data: Buffer): Frame {
  if (data.length === 1) return { kind: 'keep_alive' };
  if (!isUtf8(data)) return unreadable(`base64:${data.toString('base64')}`, 'the frame is not text');
  const raw = data.toString();
  const message = readJson(raw);
  if (message === undefined) return unreadable(raw, 'the frame is not JSON');

  const authorized = authorization.safeParse(message);
  if (authorized.success) return authorizationFrame(authorized.data.data);
  const subscribed = listening.safeParse(message);
  if (subscribed.success) {
    if (subscribed.data.data.streams.includes('trade_updates')) return { kind: 'listening' };
    return { kind: 'complaint', reason: 'the subscription does not hold trade_updates' };
  }
  const complained = complaint.safeParse(message);
  if (complained.success) return { kind: 'complaint', reason: complained.data.data.error_message };
  const update = tradeUpdate.safeParse(message);
  if (!update.success) return unreadable(raw, `unknown message: ${problemOf(update.error)}`);
  return readUpdate(message, update.data.data, raw);
}

function authorizationFrame({ status, action }: { readonly status: string; readonly action: string }): Frame {
  if (status === 'authorized') return { kind: 'authorized' };
  if (status === 'unauthorized') return { kind: 'unauthorized' };
  return { kind: 'complaint', reason: `${action}: ${status}` };
}

function readUpdate(message: unknown, data: z.infer<typeof tradeUpdate>['data'], raw: string): Frame {
  const named = clientIdOf.safeParse(message);
  const clientOrderId = named.success ? named.data.data.order.client_order_id : null;
  const { event, reason } = data;
  const isFill = FILL_EVENTS.includes(event);
  // A bust or a correction changes an execution that is already booked, and what is unknown may do anything.
  if (!isFill && !PLAIN_EVENTS.includes(event)) return unreadable(raw, `unknown event ${event}`, clientOrderId);
  const reading = readOrder(data.order);
  if (reading.kind === 'unreadable') return unreadable(raw, reading.problem, clientOrderId);

  const { order } = reading;
  const problems = [...reading.problems];
  let execution = null;
  if (isFill) {
    const read = fill.safeParse((message as { readonly data: unknown }).data);
    if (read.success) {
      execution = {
        brokerOrderId: order.brokerOrderId,
        executionId: read.data.execution_id,
        recordId: null,
        quantity: read.data.qty,
        price: read.data.price,
        cumulativeQuantity: order.filledQuantity,
        executedAt: read.data.timestamp,
      };
    } else {
      problems.push(problemOf(read.error));
    }
  }
  const refused = event === 'order_cancel_rejected' ? 'cancel' : event === 'order_replace_rejected' ? 'replace' : null;
  const update: BrokerUpdate = { kind: 'order', order, execution, refused, reason };
  if (problems.length === 0) return { kind: 'updates', updates: [update] };
  const doubt: BrokerUpdate = { kind: 'unreadable', raw, problem: problems.join('; '), clientOrderId };
  return { kind: 'updates', updates: [update, doubt] };
}

const unreadable = (raw: string, problem: string, clientOrderId: string | null = null): Frame => ({
  kind: 'updates',
  updates: [{ kind: 'unreadable', raw, problem, clientOrderId }],
});
