/**
 * Placing the order that closes a position because a halt asks for it: admitted, recorded and sent like every other one,
 * under an id made from the halt, so that whoever repeats it after a crash finds it there.
 */
import { absolute, quantity, toText } from '../../domain/kernel/decimal.ts';
import { find } from '../../domain/kernel/dictionary.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import type { OrderTicket } from '../../domain/order/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { LimitTable } from '../../domain/risk-policy/limits.ts';
import type { ReadInputs } from '../../domain/risk-policy/risk-policy.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import { placeAdmitted } from '../order/place-order.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { MarketClock } from '../ports/market-data.ts';
import { limitBasis } from '../risk-policy/gather-inputs.ts';

export interface PlaceClosingOrderNeeds {
  readonly aggregates: Aggregates;
  readonly limitTables: readonly LimitTable[];
  readonly clock: Clock;
}

export interface ClosePosition {
  readonly orderId: string;
  readonly accountId: string;
  readonly symbol: string;
  /** Held at the broker; negative for a short position. */
  readonly held: string;
  readonly market: MarketClock;
  readonly cause: Cause;
}

/** The order as it was placed; null when the risk engine does not admit it. */
export type PlaceClosingOrder = (request: ClosePosition) => Promise<OrderTicket | null>;

export function createPlaceClosingOrder(needs: PlaceClosingOrderNeeds): PlaceClosingOrder {
  const { aggregates, clock } = needs;
  return async ({ orderId, accountId, symbol, held, market, cause }) => {
    const ticket = closingTicket(orderId, accountId, symbol, held);
    const assess = {
      type: 'AssessOrder',
      ticket,
      channel: 'kill-switch',
      inputs: inputsFor(market, held),
      basis: limitBasis(needs),
      at: clock.now(),
    } as const;
    const assessed = await aggregates.risk.handle(riskStream(accountId), assess, cause);
    const answer = assessed.kind === 'refused' ? undefined : find(assessed.state.answers, orderId);
    if (answer?.kind !== 'admitted') return null;
    await placeAdmitted(aggregates, { ticket, channel: answer.channel, at: answer.admittedAt }, cause);
    return ticket;
  };
}

/** The one rule for such an order looks at the broker's position. Nobody who gets out waits for quotes and figures. */
const inputsFor = (market: MarketClock, held: string): ReadInputs => ({
  marketTime: market.now,
  marketOpen: market.isOpen,
  tradingDay: tradingDay(market.now),
  quote: null,
  tradesIncluded: null,
  missing: [],
  halts: [],
  account: null,
  instrument: null,
  marks: [],
  confirmed: true,
  margin: null,
  positionAtBroker: held,
});

/** At the market, for the whole position as the broker tells it, with its fraction of a share. */
function closingTicket(orderId: string, accountId: string, symbol: string, held: string): OrderTicket {
  const shares = quantity(held);
  return {
    orderId,
    accountId,
    symbol,
    side: shares > 0n ? 'sell' : 'buy',
    type: 'market',
    quantity: toText(absolute(shares)),
    limitPrice: null,
    stopPrice: null,
    trailPrice: null,
    timeInForce: 'day',
    extendedHours: false,
    takeProfit: null,
    stopLoss: null,
  };
}
