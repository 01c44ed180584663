/** The messages of Alpaca's trading stream. */
import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { BrokerOrder, BrokerUpdate } from '../../application/ports/broker.ts';
import type { Amendment } from '../../domain/order/amendments.ts';
import type { Execution } from '../../domain/order/events.ts';
import { readJson } from './own-words.ts';
import { readOrder } from './order-wire.ts';
import { amount, maybe, maybeTime, problemOf, time } from './wire.ts';

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
const fill = z.object({ execution_id: z.string().min(1), price: amount, qty: amount, timestamp: time });
/** What a bust or a correction brings: the execution that it changes, and what has become of it. */
const amendment = z.object({
  execution_id: maybe(z.string().min(1)),
  previous_execution_id: maybe(z.string().min(1)),
  price: maybe(amount),
  qty: maybe(amount),
  timestamp: maybeTime,
  at: maybeTime,
});
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
/** Alpaca: an execution was undone, or changed; also after the order has ended. */
const AMENDING_EVENTS: readonly string[] = ['trade_bust', 'trade_correct'];

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
  const reading = readOrder(data.order);
  if (reading.kind === 'unreadable') return unreadable(raw, `${event}: ${reading.problem}`, clientOrderId);

  const { order } = reading;
  const { data: body } = message as { readonly data: unknown };
  const read = FILL_EVENTS.includes(event)
    ? readFill(body, order)
    : AMENDING_EVENTS.includes(event)
      ? readAmendment(event, body, order)
      : { execution: null, amendment: null, problems: PLAIN_EVENTS.includes(event) ? [] : [strange(event)] };
  const { execution, amendment: change } = read;
  const refused = event === 'order_cancel_rejected' ? 'cancel' : event === 'order_replace_rejected' ? 'replace' : null;
  const update: BrokerUpdate = { kind: 'order', order, execution, amendment: change, refused, reason };
  const problems = [...reading.problems, ...read.problems];
  if (problems.length === 0) return { kind: 'updates', updates: [update] };
  const doubt: BrokerUpdate = { kind: 'unreadable', raw, problem: problems.join('; '), clientOrderId };
  return { kind: 'updates', updates: [update, doubt] };
}

/** What the order shows is taken as it is; what else such an event may mean is for a person, and for the broker's records. */
const strange = (event: string): string =>
  event === 'restated'
    ? 'restated: the order was changed by hand at the broker, or after a corporate action'
    : `unknown event ${event}`;

interface Read {
  readonly execution: Execution | null;
  readonly amendment: Amendment | null;
  readonly problems: readonly string[];
}

function readFill(body: unknown, order: BrokerOrder): Read {
  const read = fill.safeParse(body);
  if (!read.success) return { execution: null, amendment: null, problems: [problemOf(read.error)] };
  const execution = {
    brokerOrderId: order.brokerOrderId,
    executionId: read.data.execution_id,
    recordId: null,
    quantity: read.data.qty,
    price: read.data.price,
    cumulativeQuantity: order.filledQuantity,
    executedAt: read.data.timestamp,
  };
  return { execution, amendment: null, problems: [] };
}

/**
 * Alpaca: `previous_execution_id` names the execution that is undone or changed, `execution_id` what takes its place. Where
 * only one is given, it names the execution.
 */
function readAmendment(event: string, body: unknown, order: BrokerOrder): Read {
  const read = amendment.safeParse(body);
  if (!read.success) return { execution: null, amendment: null, problems: [problemOf(read.error)] };
  const { execution_id: id, previous_execution_id: previous, price, qty, timestamp } = read.data;
  const none = (problem: string): Read => ({ execution: null, amendment: null, problems: [`${event}: ${problem}`] });
  const executionId = previous ?? id;
  if (executionId === null) return none('it names no execution');
  // When it happened, not when the execution was that it changes.
  const times = [timestamp, read.data.at].filter((each) => each !== null);
  const at = times.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? order.updatedAt;
  const own = previous === null ? null : id;
  if (event === 'trade_bust') {
    return { execution: null, amendment: { kind: 'bust', executionId, bustId: own, at }, problems: [] };
  }
  if (price === null || qty === null) return none('it has no price or no quantity');
  const corrected = { quantity: qty, price };
  const correctedId = own ?? `${executionId}@${at}`;
  return { execution: null, amendment: { kind: 'correction', executionId, correctedId, corrected, at }, problems: [] };
}

const unreadable = (raw: string, problem: string, clientOrderId: string | null = null): Frame => ({
  kind: 'updates',
  updates: [{ kind: 'unreadable', raw, problem, clientOrderId }],
});
