/** Asking for an order to be cancelled or changed. The broker is told by `send-requests`. */
import { missingForTrading } from '../../domain/account/account.ts';
import { accountStream } from '../../domain/account/events.ts';
import type { UnsupportedReason } from '../../domain/order/capabilities.ts';
import { orderStream } from '../../domain/order/events.ts';
import type { TimeInForce } from '../../domain/order/events.ts';
import { order } from '../../domain/order/order.ts';
import type { OrderRefusal } from '../../domain/order/order.ts';
import type { LiveOrder } from '../../domain/order/state.ts';
import type { Breach } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Cause } from '../handle.ts';
import type { Position } from '../ports/event-store.ts';
import { settleReservation } from '../risk-policy/book-fills.ts';
import { gatherInputs } from '../risk-policy/gather-inputs.ts';
import { reasonsAgainstChange } from './check-capabilities.ts';
import type { PlaceOrderNeeds } from './place-order.ts';

interface OrderRequest {
  readonly userId: string;
  readonly accountId: string;
  readonly orderId: string;
  readonly cause: Cause;
}

export type ChangeOrderResult =
  | { readonly kind: 'done'; readonly position: Position | null }
  | { readonly kind: 'denied'; readonly breaches: readonly Breach[] }
  | { readonly kind: 'unsupported'; readonly reasons: readonly UnsupportedReason[] }
  | {
      readonly kind: 'refused';
      readonly code: 'not_found' | 'unknown_instrument' | 'not_placed_here' | OrderRefusal['code'];
    }
  | { readonly kind: 'unavailable' };

export type CancelOrder = (request: OrderRequest) => Promise<ChangeOrderResult>;

export interface ReplaceOrderRequest extends OrderRequest {
  readonly quantity: string;
  /** Null: as it is. */
  readonly limitPrice: string | null;
  readonly stopPrice: string | null;
  readonly timeInForce: TimeInForce | null;
}
export type ReplaceOrder = (request: ReplaceOrderRequest) => Promise<ChangeOrderResult>;

export function createCancelOrder({ aggregates, clock }: PlaceOrderNeeds): CancelOrder {
  return async (request) => {
    const found = await ownOrder(aggregates, request);
    if (found === null) return { kind: 'refused', code: 'not_found' };
    const command = { type: 'RequestCancel', at: clock.now() } as const;
    const asked = await aggregates.orders.handle(orderStream(request.orderId), command, request.cause);
    if (asked.kind === 'refused') return { kind: 'refused', code: asked.refusal.code };
    return { kind: 'done', position: asked.position };
  };
}

export function createReplaceOrder(needs: PlaceOrderNeeds): ReplaceOrder {
  const { aggregates, clock } = needs;
  return async (request) => {
    const { accountId, orderId, cause } = request;
    const found = await ownOrder(aggregates, request);
    if (found === null) return { kind: 'refused', code: 'not_found' };
    const { ticket } = found.order;
    const terms = {
      quantity: request.quantity,
      limitPrice: request.limitPrice ?? ticket.limitPrice,
      stopPrice: request.stopPrice ?? ticket.stopPrice,
      timeInForce: request.timeInForce ?? ticket.timeInForce,
    };
    // Before the risk engine reserves anything for it: would the order take the change at all?
    const wish = { type: 'RequestReplace', terms, at: clock.now() } as const;
    const foreseen = order.decide(wish, found.order);
    if (foreseen.kind === 'refused') return { kind: 'refused', code: foreseen.refusal.code };
    if (foreseen.events.length === 0) return { kind: 'done', position: null };

    const inputs = await gatherInputs(needs, {
      userId: request.userId,
      accountId,
      symbol: ticket.symbol,
      missing: found.missing,
      confirmed: false,
      cause,
    });
    if (inputs.kind !== 'gathered') return inputs.refusal;
    const { value, basis, facts } = inputs;
    const reasons = await reasonsAgainstChange(needs, ticket, terms, facts);
    if (reasons.length > 0) return { kind: 'unsupported', reasons };
    const revision = found.order.replacements + 1;
    const assess = { type: 'AssessReplacement', orderId, revision, terms, inputs: value, basis, at: wish.at } as const;
    const assessed = await aggregates.risk.handle(riskStream(accountId), assess, cause);
    // The risk engine has admitted no such order: it was observed at the broker, as a bracket's exits are.
    if (assessed.kind === 'refused') return { kind: 'refused', code: 'not_placed_here' };
    const denial = assessed.events.find((event) => event.type === 'ReplacementDenied');
    if (denial !== undefined) return { kind: 'denied', breaches: denial.data.breaches };

    needs.pass('after-change-admitted');
    const asked = await aggregates.orders.handle(orderStream(orderId), wish, cause);
    if (asked.kind === 'done') return { kind: 'done', position: asked.position };
    // Something happened to the order meanwhile: what was reserved for the change is given back.
    if (asked.state.status !== 'none') await settleReservation(aggregates, asked.state, null, cause, revision);
    return { kind: 'refused', code: asked.refusal.code };
  };
}

/** The order, if the user's account owns it; what is not one's own does not exist. */
async function ownOrder(
  aggregates: PlaceOrderNeeds['aggregates'],
  { userId, accountId, orderId }: OrderRequest,
): Promise<{ readonly order: LiveOrder; readonly missing: ReturnType<typeof missingForTrading> } | null> {
  const owner = await aggregates.accounts.load(accountStream(userId));
  if (owner.status === 'none' || owner.accountId !== accountId) return null;
  const found = await aggregates.orders.load(orderStream(orderId));
  if (found.status === 'none' || found.ticket.accountId !== accountId) return null;
  return { order: found, missing: missingForTrading(owner) };
}
