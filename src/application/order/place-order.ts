/**
 * Placing an order: who asks for which account, does the broker take such an order, may the account trade, has the plan
 * trades left, does every risk rule agree. The admission is recorded first, then the order; a process that dies in between
 * leaves an admission that the order desk completes.
 */
import { missingForTrading } from '../../domain/account/account.ts';
import { accountStream } from '../../domain/account/events.ts';
import { find } from '../../domain/kernel/dictionary.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import type { BrokerCapabilities, UnsupportedReason } from '../../domain/order/capabilities.ts';
import type { Channel, OrderTicket } from '../../domain/order/events.ts';
import { orderStream, sameTicket } from '../../domain/order/events.ts';
import type { AssessmentInputs, Breach } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { limitsOn } from '../../domain/risk-policy/limits.ts';
import { tradesIncluded } from '../../domain/subscription/plans.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../ports/crash-points.ts';
import type { Position } from '../ports/event-store.ts';
import type { MarketData, Venue } from '../ports/market-data.ts';
import { reasonsAgainstOrder } from './check-capabilities.ts';
import type { ReadFacts } from './check-capabilities.ts';

export interface PlaceOrderRequest {
  readonly userId: string;
  readonly accountId: string;
  readonly terms: Omit<OrderTicket, 'orderId' | 'accountId'>;
  /** Makes the request repeatable: the same id with the same terms gives the first answer again. */
  readonly requestId: string | null;
  readonly channel: Channel;
  readonly cause: Cause;
}

export type PlaceOrderResult =
  /** `position` is that of `OrderPlaced`; null when it had been placed before. */
  | { readonly kind: 'placed'; readonly orderId: string; readonly position: Position | null }
  | { readonly kind: 'denied'; readonly orderId: string; readonly breaches: readonly Breach[] }
  | { readonly kind: 'unsupported'; readonly reasons: readonly UnsupportedReason[] }
  | { readonly kind: 'refused'; readonly code: 'not_found' | 'unknown_instrument' | 'request_id_reused' }
  /** The market's clock or quotes could not be read. Nothing was recorded. */
  | { readonly kind: 'unavailable' };

export interface PlaceOrderNeeds {
  readonly aggregates: Aggregates;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly venue: Venue;
  readonly marketData: MarketData;
  /** What the broker takes. */
  readonly capabilities: BrokerCapabilities;
  readonly pass: PassCrashPoint;
}

export type PlaceOrder = (request: PlaceOrderRequest) => Promise<PlaceOrderResult>;

export function createPlaceOrder(needs: PlaceOrderNeeds): PlaceOrder {
  const { aggregates, clock, ids, pass } = needs;
  return async ({ userId, accountId, terms, requestId, channel, cause }) => {
    const owner = await aggregates.accounts.load(accountStream(userId));
    if (owner.status === 'none' || owner.accountId !== accountId) return { kind: 'refused', code: 'not_found' };

    const orderId = requestId === null ? ids.random() : ids.named(`order/${accountId}/${requestId}`);
    const ticket: OrderTicket = { ...terms, orderId, accountId };
    const stream = riskStream(accountId);

    let answer = find((await aggregates.risk.glance(stream)).answers, orderId);
    if (answer === undefined) {
      const inputs = await gatherInputs(needs, ticket.symbol, missingForTrading(owner));
      if (inputs.kind !== 'gathered') return inputs.refusal;
      const reasons = await reasonsAgainstOrder(needs, ticket, inputs.facts);
      // What the broker takes changes with the hour, and an answer once given does not.
      const isNew = find((await aggregates.risk.glance(stream)).answers, orderId) === undefined;
      if (reasons.length > 0 && isNew) return { kind: 'unsupported', reasons };
      pass('before-admission');
      const at = clock.now();
      const assess = { type: 'AssessOrder', ticket, channel, inputs: inputs.value, at } as const;
      const assessed = await aggregates.risk.handle(stream, assess, cause);
      if (assessed.kind === 'refused') return { kind: 'refused', code: 'request_id_reused' };
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

type Inputs =
  | { readonly kind: 'gathered'; readonly value: AssessmentInputs; readonly facts: ReadFacts }
  | {
      readonly kind: 'missing';
      readonly refusal:
        { readonly kind: 'unavailable' } | { readonly kind: 'refused'; readonly code: 'unknown_instrument' };
    };

/** Reads what an assessment looks at. The plan is the free one until subscriptions exist. */
export async function gatherInputs(
  { venue, marketData }: Pick<PlaceOrderNeeds, 'venue' | 'marketData'>,
  symbol: string,
  missing: AssessmentInputs['missing'],
): Promise<Inputs> {
  try {
    const instrument = (await venue.instruments()).get(symbol);
    if (instrument === undefined) {
      return { kind: 'missing', refusal: { kind: 'refused', code: 'unknown_instrument' } };
    }
    const [clock, quote] = await Promise.all([venue.clock(), marketData.quote(symbol)]);
    const day = tradingDay(clock.now);
    return {
      kind: 'gathered',
      value: {
        marketTime: clock.now,
        marketOpen: clock.isOpen,
        tradingDay: day,
        quote: quote === null ? null : { bid: quote.bid, ask: quote.ask, at: quote.at },
        tradesIncluded: tradesIncluded.free,
        missing,
        limits: limitsOn(day),
      },
      facts: { instrument, marketTime: clock.now, quote },
    };
  } catch {
    return { kind: 'missing', refusal: { kind: 'unavailable' } };
  }
}
