/**
 * Placing an order: who asks for which account, does the broker take such an order, may the account trade, has the plan
 * trades left, does every risk rule agree. The admission is recorded first, then the order; a process that dies in between
 * leaves an admission that the order desk completes.
 */
import { missingForTrading } from '../../domain/account/account.ts';
import { accountStream } from '../../domain/account/events.ts';
import { find } from '../../domain/kernel/dictionary.ts';
import type { UnsupportedReason } from '../../domain/order/capabilities.ts';
import type { Channel, OrderTicket } from '../../domain/order/events.ts';
import { orderStream, sameTicket } from '../../domain/order/events.ts';
import type { Breach, OrderAdmitted } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import type { Actor, EventStore, Position } from '../ports/event-store.ts';
import { gatherInputs } from '../risk-policy/gather-inputs.ts';
import type { GatherNeeds } from '../risk-policy/gather-inputs.ts';
import { reasonsAgainstOrder } from './check-capabilities.ts';

export interface PlaceOrderRequest {
  readonly userId: string;
  readonly accountId: string;
  readonly terms: Omit<OrderTicket, 'orderId' | 'accountId'>;
  /** Makes the request repeatable: the same id with the same terms gives the first answer again. */
  readonly requestId: string | null;
  /** The trader says that the order is meant, though it is like another one. No part of what makes requests the same. */
  readonly confirmed: boolean;
  readonly channel: Channel;
  readonly cause: Cause;
}

export type PlaceOrderResult =
  /** `position` is that of `OrderPlaced`; null when it had been placed before. */
  | { readonly kind: 'placed'; readonly orderId: string; readonly position: Position | null }
  | { readonly kind: 'denied'; readonly orderId: string; readonly breaches: readonly Breach[] }
  | { readonly kind: 'unsupported'; readonly reasons: readonly UnsupportedReason[] }
  | { readonly kind: 'refused'; readonly code: 'not_found' | 'unknown_instrument' | 'request_id_reused' }
  /** Something that the assessment looks at could not be read. Nothing was recorded. */
  | { readonly kind: 'unavailable' };

export interface PlaceOrderNeeds extends GatherNeeds {
  readonly aggregates: Aggregates;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly pass: PassCrashPoint;
}

export type PlaceOrder = (request: PlaceOrderRequest) => Promise<PlaceOrderResult>;

export function createPlaceOrder(needs: PlaceOrderNeeds): PlaceOrder {
  const { aggregates, clock, ids, log, pass } = needs;
  return async (request) => {
    const { userId, accountId, terms, requestId, confirmed, channel, cause } = request;
    const owner = await aggregates.accounts.load(accountStream(userId));
    if (owner.status === 'none' || owner.accountId !== accountId) return { kind: 'refused', code: 'not_found' };

    const orderId = requestId === null ? ids.random() : ids.named(`order/${accountId}/${requestId}`);
    const ticket: OrderTicket = { ...terms, orderId, accountId };
    const stream = riskStream(accountId);

    let answer = find((await aggregates.risk.glance(stream)).answers, orderId);
    if (answer === undefined && requestId !== null) {
      // The record may have lost the admission: then the broker has the order, and it must not be sent again.
      const known = await aggregates.orders.load(orderStream(orderId));
      if (known.status !== 'none' && sameTicket(known.placed, ticket))
        return { kind: 'placed', orderId, position: null };
      if (known.status !== 'none') return { kind: 'refused', code: 'request_id_reused' };
    }
    if (answer === undefined) {
      const missing = missingForTrading(owner);
      const order = { userId, accountId, symbol: ticket.symbol, missing, confirmed, cause };
      const inputs = await gatherInputs(needs, order);
      if (inputs.kind !== 'gathered') return inputs.refusal;
      const { value, basis, facts } = inputs;
      const reasons = await reasonsAgainstOrder(needs, ticket, facts);
      // What the broker takes changes with the hour, and an answer once given does not.
      const isNew = find((await aggregates.risk.glance(stream)).answers, orderId) === undefined;
      if (reasons.length > 0 && isNew) return { kind: 'unsupported', reasons };
      pass('before-admission');
      const at = clock.now();
      const assess = { type: 'AssessOrder', ticket, channel, inputs: value, basis, at } as const;
      const assessed = await aggregates.risk.handle(stream, assess, cause);
      if (assessed.kind === 'refused') return { kind: 'refused', code: 'request_id_reused' };
      if (assessed.events.some(({ type }) => type === 'RepeatedExecutionTripped')) {
        log.alarm('an account repeats its orders and can only make positions smaller now', { accountId, orderId });
      }
      answer = find(assessed.state.answers, orderId);
      pass('after-admission');
    }
    if (answer === undefined) throw new Error(`order ${orderId} was assessed and has no answer`);
    if (!sameTicket(answer.ticket, ticket)) return { kind: 'refused', code: 'request_id_reused' };
    if (answer.kind === 'denied') return { kind: 'denied', orderId, breaches: answer.breaches };
    // The intent is as old as its admission, however late it is placed: an old one must not be sent.
    const placed = await placeAdmitted(aggregates, { ticket, channel, at: answer.admittedAt }, cause);
    pass('after-order-placed');
    return { kind: 'placed', orderId, position: placed };
  };
}

/** Records an admitted order as placed; again and again changes nothing. */
export async function placeAdmitted(
  aggregates: Aggregates,
  admitted: { readonly ticket: OrderTicket; readonly channel: Channel; readonly at: string },
  cause: Cause,
): Promise<Position | null> {
  const command = { type: 'PlaceOrder', ...admitted } as const;
  const placed = await aggregates.orders.handle(orderStream(admitted.ticket.orderId), command, cause, 'begins');
  if (placed.kind === 'refused') throw new Error(`order ${admitted.ticket.orderId}: ${placed.refusal.code}`);
  return placed.position;
}

/** Places an order that was admitted and left by a process that died. False when the account's record admits no such order. */
export async function finishAdmission(
  { store, aggregates }: { readonly store: EventStore; readonly aggregates: Aggregates },
  { orderId, accountId }: { readonly orderId: string; readonly accountId: string },
  actor: Actor,
): Promise<boolean> {
  for (const event of await store.readStream(riskStream(accountId))) {
    const { ticket, channel, admittedAt: at } = event.data as OrderAdmitted['data'];
    if (event.type !== 'OrderAdmitted' || ticket.orderId !== orderId) continue;
    const cause = { correlationId: event.metadata.correlationId, causationId: event.id, actor };
    await placeAdmitted(aggregates, { ticket, channel, at }, cause);
    return true;
  }
  return false;
}
